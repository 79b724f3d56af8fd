"""Domains: the values that a param may take, as plain values."""

from __future__ import annotations

from typing import Any, Literal

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
