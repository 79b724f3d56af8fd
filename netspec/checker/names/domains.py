"""The domains of params as they are written: a list of values, a range, or the numbers between two."""

from __future__ import annotations

from typing import Any, Literal

from netspec.catalogue.domain import Domain
from netspec.checker.names.scope import Scope, Symbol, Unresolved
from netspec.checker.names.values import evaluate, operand
from netspec.checker.names.wording import shown
from netspec.diagnostics import Label
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.values import OutsideDomain, WrongValue
from netspec.source import Span

SCALES: dict[str, Literal["uniform", "log"]] = {"uniform": "uniform", "log": "log"}


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


def check_domain(domain: Domain, written: Span, name: str, value: Any, span: Span, problems: Problems) -> None:
    """Report a param's value that isn't in its domain, which is `written` somewhere."""
    if value not in domain:
        labels = (Label(written, "its domain"),)
        problems.add(OutsideDomain(span, name, shown(value), _in_words(domain), labels))


def _in_words(domain: Domain) -> str:
    if domain.choices:
        return f"one of {', '.join(map(shown, domain.choices))}"
    return f"{'a whole number' if domain.scale == 'whole' else 'a number'} from {domain.low} to {domain.high}"


def _interval(
    node: tree.Expression, low: float, high: float, scale: Literal["whole", "uniform", "log"], problems: Problems
) -> Domain:
    wrong = "a range that goes up" if low > high else "numbers above 0" if scale == "log" and low <= 0 else None
    if wrong is not None:
        problems.add(WrongValue(node.span, "in", wrong, f"`{node.span.text}`"))
        raise Unresolved
    return Domain((), low, high, scale)
