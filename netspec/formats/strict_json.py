"""JSON as netspec writes it, read with limits: files of others may be large, deep, or of numbers that JSON lacks."""

from __future__ import annotations

import json
import sys
from math import isfinite
from typing import Any, TypeGuard

JSON_LIMIT = 64 * 2**20
"""The size in bytes of the largest JSON file that is read."""
JSON_WEIGHT = 3_000_000
"""How many values and keys a JSON file has at most: each takes some 100 bytes of memory."""
JSON_DEPTH = 64
JSON_DIGITS = 40
"""The digits of the largest whole number: a state of numpy's generators has 39."""


def from_json(content: bytes) -> Any:
    """Data that `as_json` wrote. Raises ValueError for anything else: NaN, infinity, keys given twice, and what is
    larger, deeper or of more digits than netspec writes."""
    if len(content) > JSON_LIMIT or sum(map(content.count, (b",", b":", b"[", b"{"))) > JSON_WEIGHT:
        raise ValueError("too large")
    try:
        data = json.loads(
            content, object_pairs_hook=_unique, parse_constant=_no_number, parse_float=_finite, parse_int=_whole
        )
    except RecursionError as error:
        raise ValueError("too deep") from error
    _ensure_flat(data)
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; other programs may take another of two values of one key."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _ensure_flat(data: Any) -> None:
    """Refuse data that is nested too deep."""
    level: list[Any] = [data]
    for _ in range(JSON_DEPTH):
        items = (value.values() if isinstance(value, dict) else value for value in level if _is_nested(value))
        level = [item for group in items for item in group if _is_nested(item)]
        if not level:
            return
    raise ValueError("too deep")


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict | list)


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value from JSON is a number; booleans aren't."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_number(value: Any) -> float:
    """A number that a float holds. Raises TypeError or ValueError for anything else."""
    if not is_number(value):
        raise TypeError("no number")
    if abs(value) > sys.float_info.max:
        raise ValueError("too large")
    return value


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


def _whole(text: str) -> int:
    return int(text) if len(text) <= JSON_DIGITS else _no_number(f"{text[:JSON_DIGITS]}…")


def _finite(text: str) -> float:
    value = float(text)
    return value if isfinite(value) else _no_number(text)
