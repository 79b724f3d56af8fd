"""Nested state as tensors and JSON, without pickle, for the state of an optimizer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from torch import Tensor

TENSOR, TUPLE, ITEMS = "$tensor", "$tuple", "$items"
"""Keys for values that JSON doesn't have."""


def pack(value: Any, name: str, tensors: dict[str, Tensor]) -> Any:
    """The value as JSON data in which a name stands for each tensor; the tensors go to `tensors` under those names.

    Raises TypeError for anything that is no dictionary, list, tuple, tensor, string, number, boolean or None.
    """
    match value:
        case Tensor():
            tensors[name] = value
            return {TENSOR: name}
        case dict():
            items = cast("dict[Any, Any]", value).items()
            return {ITEMS: [[key, pack(item, f"{name}.{key}", tensors)] for key, item in items]}
        case tuple():
            return {TUPLE: _pack_all(cast("tuple[Any, ...]", value), name, tensors)}
        case list():
            return _pack_all(cast("list[Any]", value), name, tensors)
        case None | bool() | int() | float() | str():
            return value
        case _:
            raise TypeError(f"no state to save: {type(value).__name__}")


def _pack_all(values: Any, name: str, tensors: dict[str, Tensor]) -> list[Any]:
    return [pack(item, f"{name}.{index}", tensors) for index, item in enumerate(values)]


def unpack(data: Any, tensors: Mapping[str, Tensor]) -> Any:
    """The value that was packed. Raises KeyError, TypeError or ValueError for data that `pack` doesn't return."""
    match data:
        case {"$tensor": str(name)}:
            return tensors[name]
        case {"$tuple": list(items)}:
            return tuple(unpack(item, tensors) for item in cast("list[Any]", items))
        case {"$items": list(items)}:
            return {key: unpack(item, tensors) for key, item in cast("list[Any]", items)}
        case list():
            return [unpack(item, tensors) for item in cast("list[Any]", data)]
        case dict():
            raise ValueError("an object that stands for nothing")
        case _:
            return data
