"""Domains: the values that a param may take, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor
from typing import Any, Literal

from netspec.catalogue.entry import as_list, as_text
from netspec.catalogue.values import UNITS, Quantity
from netspec.formats.strict_json import as_number
from netspec.immutable import immutable


@immutable
class Domain:
    """Either `choices`, or the numbers from `low` to `high`: integers, or real numbers that are spread evenly
    (`uniform`) or by their logarithm (`log`)."""

    choices: tuple[Any, ...] = ()
    low: float = 0
    high: float = 0
    scale: Literal["whole", "uniform", "log"] = "whole"

    def __contains__(self, value: Any) -> bool:
        if self.choices:
            return any(value == choice and type(value) is type(choice) for choice in self.choices)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (isinstance(value, int) or self.scale != "whole") and self.low <= value <= self.high

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the largest whole number in it."""
        return ceil(self.low), floor(self.high)

    @property
    def size(self) -> int | None:
        """How many values it has; None if they are the real numbers between two."""
        if self.choices:
            return len(self.choices)
        if self.scale == "whole":
            low, high = self.bounds
            return max(high - low + 1, 0)
        return 1 if self.low == self.high else None

    def __getitem__(self, index: int) -> Any:
        """The value of that index, from 0 on, of a domain that has a `size`."""
        if self.choices:
            return self.choices[index]
        return self.bounds[0] + index if self.scale == "whole" else self.low

    def index(self, value: Any) -> int:
        """The index of a value in a domain that has a `size`. Raises ValueError if it isn't in it."""
        if value not in self:
            raise ValueError("not in the domain")
        if self.choices:
            return next(index for index, choice in enumerate(self.choices) if same_json(choice, value))
        return value - self.bounds[0] if self.scale == "whole" else 0

    # ---- as JSON ----

    def to_json(self) -> dict[str, Any]:
        """The domain as JSON data."""
        if self.choices:
            return {"choices": [value_to_json(choice) for choice in self.choices]}
        return {"low": self.low, "high": self.high, "scale": self.scale}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Domain:
        """The domain again. Raises ValueError, TypeError or KeyError if the data isn't that of one."""
        if "choices" in data:
            return cls(tuple(map(_value_from_json, as_list(data["choices"]))))
        low, high = (as_number(data[name]) for name in ("low", "high"))
        if data["scale"] not in ("whole", "uniform", "log") or not low <= high or (data["scale"] == "log" and low <= 0):
            raise ValueError("no domain")
        return cls((), low, high, data["scale"])

    def value_from_json(self, data: Any) -> Any:
        """The value that JSON data is of. Raises ValueError if it isn't of one in the domain."""
        values = self.choices if self.choices else (data,)
        for value in values:
            if value in self and same_json(value_to_json(value), data):
                return value
        raise ValueError("not in the domain")


def value_to_json(value: Any) -> Any:
    """A param's value as JSON data: itself, or a quantity's number and unit."""
    return {"number": value.number, "unit": value.unit} if isinstance(value, Quantity) else value


def _value_from_json(data: Any) -> Any:
    if isinstance(data, dict):
        if data["unit"] not in UNITS.values():
            raise ValueError("no unit")
        return Quantity(as_number(data["number"]), data["unit"])
    if isinstance(data, str):
        return as_text(data)
    if data is not None and not isinstance(data, bool | int | float):
        raise TypeError("no value of a param")
    return data


def same_json(one: Any, other: Any) -> bool:
    """Whether two plain values are equal and of one type: 1, 1.0 and true are three."""
    return one == other and type(one) is type(other)
