"""The values that a param may take: a list of them, a range, or the numbers between two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from netspec.checker.names.scope import Scope, Symbol, Unresolved
from netspec.checker.names.values import evaluate, is_number, operand, shown
from netspec.diagnostics import Label
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.values import OutsideDomain, WrongValue
from netspec.source import Span

SCALES: dict[str, Literal["uniform", "log"]] = {"uniform": "uniform", "log": "log"}


@dataclass(frozen=True, slots=True)
class Domain:
    """Either `choices`, or the numbers from `low` to `high`: whole ones, or real ones spread evenly or by their
    logarithm."""

    choices: tuple[Any, ...] = ()
    low: float = 0
    high: float = 0
    scale: Literal["whole", "uniform", "log"] = "whole"

    def __contains__(self, value: Any) -> bool:
        if self.choices:
            return any(value == choice and type(value) is type(choice) for choice in self.choices)
        whole = isinstance(value, int) or self.scale != "whole"
        return is_number(value) and whole and self.low <= value <= self.high

    def __str__(self) -> str:
        if self.choices:
            return f"one of {', '.join(map(shown, self.choices))}"
        return f"{'a whole number' if self.scale == 'whole' else 'a number'} from {self.low} to {self.high}"

    def check(self, name: str, value: Any, span: Span, domain: Span, problems: Problems) -> None:
        if value not in self:
            problems.add(OutsideDomain(span, name, shown(value), str(self), (Label(domain, "its domain"),)))


def read_domain(node: tree.Expression, scope: Scope, problems: Problems) -> Domain:
    """The domain that is written. Raises Unresolved after reporting why it is none."""
    match node:
        case tree.Group(inner=inner):
            return read_domain(inner, scope, problems)
        case tree.Range(start=start, stop=stop):
            low, high = (operand(side, float, scope, problems) for side in (start, stop))
            return _interval(node, low, high, "whole", problems)
        case tree.Call(function=function, arguments=(first, second)) if function.id in SCALES:
            low, high = (operand(item.value, float, scope, problems) for item in (first, second))
            return _interval(node, low, high, SCALES[function.id], problems)
        case tree.List():
            choices = evaluate(node, scope, problems)
            if choices and not any(isinstance(choice, Symbol | tuple) for choice in choices):
                return Domain(choices)
        case _:
            pass
    expected = "a list of values, a range `1..6`, `uniform(low, high)` or `log(low, high)`"
    problems.add(WrongValue(node.span, "in", expected, f"`{node.span.text}`"))
    raise Unresolved


def _interval(
    node: tree.Expression, low: float, high: float, scale: Literal["whole", "uniform", "log"], problems: Problems
) -> Domain:
    wrong = "a range that goes up" if low > high else "numbers above 0" if scale == "log" and low <= 0 else None
    if wrong is not None:
        problems.add(WrongValue(node.span, "in", wrong, f"`{node.span.text}`"))
        raise Unresolved
    return Domain((), low, high, scale)
