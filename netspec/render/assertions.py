"""Assertions on the results of a run, in words."""

from __future__ import annotations

from math import isfinite

from netspec.program.assertion import AssertionResult
from netspec.render import words


def assertion_values(assertion: AssertionResult) -> str:
    """The values that an assertion names: `test.accuracy is 97.21%`."""
    return ", ".join(f"{name} is {_value(name, value)}" for name, value in assertion.values.items())


def assertion_line(assertion: AssertionResult) -> str:
    """Whether an assertion holds, and the values that it names."""
    holds = "holds" if assertion.holds else "fails"
    return words.clean(f"{holds}  {assertion.text}   {assertion_values(assertion)}")


def _value(name: str, value: float) -> str:
    if not isfinite(value):
        return "not a number"
    match name.rpartition(".")[2]:
        case "seconds" | "difference":
            return f"{value:.3g}"
        case "size" | "support":
            return words.count(round(value))
        case "agreement":
            return f"{value:.2%}"
        case _:
            return words.measure(name, value)
