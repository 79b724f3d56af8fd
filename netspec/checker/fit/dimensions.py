"""Dimensions of assertions: a time isn't compared with a percentage, nor a count with either."""

from __future__ import annotations

from collections.abc import Iterator

from netspec.catalogue.values import UNITS, Quantity
from netspec.checker.fit.results import SUPPORT, asks_for_result, plain
from netspec.checker.names.declarations import MEASURED
from netspec.checker.names.scope import Scope
from netspec.checker.names.wording import type_of
from netspec.diagnostics import Label
from netspec.lang import tree
from netspec.problems.values import WrongOperands
from netspec.program.assertion import LATENCY, PARAMETERS, SECONDS, SIZE

TIME, SHARE, COUNT, METRIC, BYTE_COUNT = "a time", "a percentage", "a count", "a metric", "a size"
COMPARED = ("==", "!=", "<", "<=", ">", ">=")
FITTING = ({METRIC, SHARE},)
"""The dimensions that differ and fit: a metric may be written as a percentage."""


def dimension_problems(condition: tree.Expression, scope: Scope) -> Iterator[WrongOperands]:
    """Comparisons and sums in a condition whose sides have dimensions that don't fit; a number fits to all."""
    for part in tree.walk(condition):
        if not isinstance(part, tree.Binary) or part.operator not in (*COMPARED, "+", "-"):
            continue
        left, right = (_dimension(side, scope) for side in (part.left, part.right))
        if left is None or right is None or left == right or {left, right} in FITTING:
            continue
        message = f"`{part.left.span.text}` is {left}, but `{part.right.span.text}` is {right}"
        yield WrongOperands(part.right.span, message, right, (Label(part.left.span, left),))


def _dimension(node: tree.Expression, scope: Scope) -> str | None:
    """What a value measures; None for a plain number, and if it isn't known."""
    match node:
        case tree.Group(inner=inner) | tree.Unary(operator="-", operand=inner):
            return _dimension(inner, scope)
        case tree.Binary(operator="+" | "-", left=left, right=right):
            return _dimension(left, scope) or _dimension(right, scope)
        case tree.Quantity(unit=unit, number=number) if unit in UNITS:
            return type_of(Quantity(number.value, UNITS[unit]))
        case tree.Name(id=name) if asks_for_result(name, scope):
            return _of_result(name)
        case tree.Name(id=name) if (owner := scope.owner(name)) is not None:
            value = owner.values.get(name)
            return type_of(value) if isinstance(value, Quantity) else None
        case tree.Name(id=name) if name in MEASURED:
            return COUNT
        case tree.Call():
            name = plain(node)
            return _dimension(name, scope) if isinstance(name, tree.Name) else None
        case _:
            return None


def _of_result(name: str) -> str:
    return {SECONDS: TIME, LATENCY: TIME, SIZE: BYTE_COUNT, SUPPORT: COUNT, PARAMETERS: COUNT}.get(
        name.rpartition(".")[2], METRIC
    )
