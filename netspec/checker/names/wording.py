"""Messages about names and values: values in words, and names that nothing has."""

from __future__ import annotations

from typing import Any

from netspec.catalogue.values import BYTES, SECONDS, Quantity
from netspec.checker.names.scope import Deferred, Record, Scope, Symbol, Value
from netspec.diagnostics import Guess, Label, did_you_mean
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.names import UndefinedName

PYTHON = {"True": "true", "False": "false", "None": "none"}
"""How Python writes what the language has too."""
RESULTS = ("train", "validation", "test")
"""What measured values are named by."""


def shown(value: Any) -> str:
    """A value in a message."""
    match value:
        case bool() | None:
            return f"`{str(value).lower()}`"
        case str():
            return f'the string "{value}"'
        case tuple():
            if len(value) > 6:
                return f"a list of {len(value)}"
            return f"[{', '.join(map(_item, value))}]"
        case Symbol():
            return f"the name `{value}`"
        case Value():
            return "a value of the network"
        case Record():
            return "several values of the network"
        case Deferred():
            return "an operation"
        case _:
            return str(value)


def type_of(value: Any) -> str:
    """The type of a value in a message."""
    match value:
        case bool():
            return "`true` or `false`"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case tuple():
            return "a list"
        case Quantity(unit="%"):
            return "a percentage"
        case Quantity(unit=unit):
            return "a time" if unit in SECONDS else "a size" if unit in BYTES else f"a number of {unit}"
        case _:
            return shown(value)


def _item(value: Any) -> str:
    """An item of a list, as it is written."""
    match value:
        case bool() | None:
            return str(value).lower()
        case str():
            return f'"{value}"'
        case Symbol():
            return value.id
        case _:
            return shown(value)


def report_undefined(name: str, node: tree.Expression, scope: Scope, problems: Problems) -> None:
    """Report that nothing has that name; what was likely meant counts as used."""
    place, scope = scope.source(node)
    if not scope.complete:
        return
    if problems.follows(place.span):
        return
    known = tuple(scope.names())
    head, dot, rest = name.partition(".")
    hint = _why_unknown(name, node, scope)
    nearest = None if hint else _python(name) or did_you_mean(head, known)
    if nearest:
        scope.mark_used(nearest)
        nearest = Guess.of(nearest + dot + rest, certain=nearest.certain)
    plain = tuple(item for item in known if not isinstance(scope.peek(item), Value | Record))
    problems.add(UndefinedName(place.span, name, nearest, plain, taken(place, node), hint))


def _python(name: str) -> Guess | None:
    return Guess.of(PYTHON[name], certain=True) if name in PYTHON else None


def _why_unknown(name: str, node: tree.Expression, scope: Scope) -> str | None:
    """What helps where a name is a label, a value further down, or a result of the training."""
    if scope.flow is not None and (known := scope.flow.why_unknown(name, node.span)) is not None:
        return known
    head, dot, _ = name.partition(".")
    if dot and head in RESULTS:
        return "results are not known before the run: `assert` takes params, `parameters` and `flops`"
    return None


def taken(place: tree.Expression, node: tree.Expression) -> tuple[Label, ...]:
    """Where the argument of a block is used, if it isn't where it was written."""
    return () if place is node else (Label(node.span, "used here"),)
