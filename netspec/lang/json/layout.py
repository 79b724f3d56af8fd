"""The layout of JSON text: a value that fits on a line is on one, and numbers keep their spelling."""

from __future__ import annotations

from json import dumps
from typing import Any

WIDTH = 100
INDENT = "  "


class Number(str):
    """A number as it was written, which is valid JSON too."""


def layout(value: Any, depth: int = 0, used: int = 0) -> str:
    """A value on one line if it fits after `used` characters, else with one item per line.

    The file and its sections have one item per line in any case, so that changing an item changes one line.
    """
    line = flat(value)
    is_long = isinstance(value, dict | list) and len(value) > 1
    if not (is_long and depth < 2) and depth > 0 and used + len(line) < WIDTH:
        return line
    inner = INDENT * (depth + 1)
    match value:
        case dict():
            keys = [f"{inner}{_string(key)}: " for key in value]
            texts = [key + layout(item, depth + 1, len(key)) for key, item in zip(keys, value.values(), strict=True)]
            brackets = "{}"
        case list():
            texts = [inner + layout(item, depth + 1, len(inner)) for item in value]
            brackets = "[]"
        case _:
            return line
    lines = ",\n".join(texts)
    return f"{brackets[0]}\n{lines}\n{INDENT * depth}{brackets[1]}" if texts else brackets


def flat(value: Any) -> str:
    """A value on one line."""
    match value:
        case dict():
            return f"{{{', '.join(f'{_string(key)}: {flat(item)}' for key, item in value.items())}}}"
        case list():
            return f"[{', '.join(map(flat, value))}]"
        case Number():
            return str(value)
        case _:
            return _string(value)


def _string(value: Any) -> str:
    return dumps(value, ensure_ascii=False)
