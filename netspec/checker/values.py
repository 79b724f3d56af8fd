"""Expressions to plain values: numbers, flags, texts, names, quantities and lists, with params filled in."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from netspec.catalogue.values import UNITS, Quantity
from netspec.diagnostics import did_you_mean
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.names import UndefinedName
from netspec.problems.values import UnknownUnit, WrongOperands
from netspec.source import Span

BITS = 1024
"""How many bits a whole number may have: more than a float can hold, and little enough to be quick."""


PYTHON = {"True": "true", "False": "false", "None": "none"}
"""How Python writes what the language has too."""


class Bad(Exception):  # noqa: N818 - it ends a branch of a pass, and is never seen outside
    """A value that can't be had, for a reason that is already among the problems."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name that stands for itself: a choice like `same`, a reference like `validation.loss`."""

    id: str

    def __str__(self) -> str:
        return self.id


@dataclass
class Scope:
    """The params of a file. Each is computed when it is first needed, so that their order means nothing.

    `values` holds what is computed, `waiting` the expressions that aren't yet, `spans` the places of all of them.
    Where not everything written was understood, `complete` is False, and a name may be declared in what wasn't.
    """

    values: dict[str, Any] = field(default_factory=dict)
    waiting: dict[str, tree.Expression] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    complete: bool = True
    busy: set[str] = field(default_factory=set)

    def find(self, name: tree.Name, problems: Problems) -> Any:
        """The value of a param, or the name as a Symbol. Raises Bad for a param whose own value is bad."""
        if name.id not in self.spans and name.id not in self.values:
            return Symbol(name.id)
        self.used.add(name.id)
        if name.id in self.waiting:
            self.compute(name.id, problems)
        if name.id in self.busy:
            problems.add(WrongOperands(name.span, f"the param `{name.id}` is computed from itself"))
        if name.id not in self.values:
            raise Bad
        return self.values[name.id]

    def compute(self, name: str, problems: Problems) -> None:
        """Compute a param that is waiting; if its value is bad, that is reported and it has none."""
        node = self.waiting.pop(name)
        self.busy.add(name)
        try:
            value = evaluate(node, self, problems)
            if isinstance(value, Symbol):
                self.report_undefined(value.id, node.span, problems)
            else:
                self.values[name] = value
        except Bad:
            pass
        finally:
            self.busy.discard(name)

    def report_undefined(self, name: str, span: Span, problems: Problems) -> None:
        """Report that nothing has that name; a param that was likely meant counts as used."""
        if not self.complete:
            return
        known = tuple(dict.fromkeys((*self.spans, *self.values)))
        nearest = PYTHON.get(name) or did_you_mean(name, known)
        if nearest:
            self.used.add(nearest)
        problems.add(UndefinedName(span, name, nearest, known))


ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
LOGIC = {"and": all, "or": any}


def evaluate(node: tree.Expression, scope: Scope, problems: Problems) -> Any:
    """The value of an expression; a name that is no param stays a Symbol. Raises Bad after reporting why."""
    match node:
        case tree.Number():
            return node.value
        case tree.Text() | tree.Constant():
            return node.value
        case tree.Quantity():
            return _quantity(node, problems)
        case tree.Name():
            return scope.find(node, problems)
        case tree.List():
            return tuple(evaluate(item, scope, problems) for item in node.items)
        case tree.Group():
            return evaluate(node.inner, scope, problems)
        case tree.Unary():
            return _unary(node, scope, problems)
        case tree.Binary():
            return _binary(node, scope, problems)
        case tree.Conditional():
            # a param in the branch that isn't taken is used all the same
            scope.used |= {*names_in(node)} & scope.spans.keys()
            condition = _operand(node.condition, bool, scope, problems)
            return evaluate(node.then if condition else node.otherwise, scope, problems)
        case tree.Call() | tree.Pipe():
            return _function(node, scope, problems)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def shown(value: Any) -> str:
    """A value in a message."""
    match value:
        case bool() | None:
            return f"`{str(value).lower()}`"
        case str():
            return f'the string "{value}"'
        case tuple():
            return f"a list of {len(value)}" if len(value) > 6 else f"[{', '.join(str(item) for item in value)}]"
        case Symbol():
            return f"the name `{value}`"
        case _:
            return str(value)


def names_in(node: tree.Expression) -> Iterator[str]:
    """The names that an expression speaks of, those of operations aside."""
    match node:
        case tree.Name():
            yield node.id
        case tree.Group(inner=inner) | tree.Unary(operand=inner):
            yield from names_in(inner)
        case tree.Binary():
            yield from names_in(node.left)
            yield from names_in(node.right)
        case tree.Conditional():
            for part in (node.condition, node.then, node.otherwise):
                yield from names_in(part)
        case tree.List(items=items):
            for item in items:
                yield from names_in(item)
        case tree.Call(arguments=arguments):
            for argument in arguments:
                yield from names_in(argument.value)
        case _:
            pass


def _quantity(node: tree.Quantity, problems: Problems) -> Quantity:
    if node.unit not in UNITS:
        problems.add(UnknownUnit(node.unit_span, node.unit, did_you_mean(node.unit, UNITS)))
        raise Bad
    return Quantity(node.number.value, UNITS[node.unit])


def _function(node: tree.Call | tree.Pipe, scope: Scope, problems: Problems) -> Any:
    """`min` and `max` of numbers; no other call has a plain value."""
    if isinstance(node, tree.Call) and node.function.id in ("min", "max") and node.arguments:
        for argument in node.arguments:
            if argument.name is not None:
                problems.add(WrongOperands(argument.span, f"`{node.function.id}` takes numbers without names"))
        numbers = [_operand(argument.value, float, scope, problems) for argument in node.arguments]
        return min(numbers) if node.function.id == "min" else max(numbers)
    problems.add(WrongOperands(node.span, "a value is expected here, not an operation"))
    raise Bad


def _operand(node: tree.Expression, kind: type, scope: Scope, problems: Problems) -> Any:
    """The value of an operand: a number for `float`, `true` or `false` for `bool`, anything for `object`."""
    value = evaluate(node, scope, problems)
    if isinstance(value, Symbol):
        scope.report_undefined(value.id, node.span, problems)
        raise Bad
    if kind is bool and not isinstance(value, bool):
        problems.add(WrongOperands(node.span, f"`true` or `false` is expected here, not {shown(value)}"))
        raise Bad
    if kind is float and not is_number(value):
        problems.add(WrongOperands(node.span, f"arithmetic is for numbers, and this is {shown(value)}"))
        raise Bad
    return value


def _unary(node: tree.Unary, scope: Scope, problems: Problems) -> Any:
    if node.operator == "not":
        return not _operand(node.operand, bool, scope, problems)
    value = _operand(node.operand, float, scope, problems)
    return -value if node.operator == "-" else value


def _binary(node: tree.Binary, scope: Scope, problems: Problems) -> Any:
    if node.operator in LOGIC:
        sides = [_operand(side, bool, scope, problems) for side in (node.left, node.right)]
        return LOGIC[node.operator](sides)
    if node.operator in ("==", "!="):
        # flags and texts can be compared too
        left, right = (_operand(side, object, scope, problems) for side in (node.left, node.right))
        return COMPARISONS[node.operator](left, right)
    left = _operand(node.left, float, scope, problems)
    right = _operand(node.right, float, scope, problems)
    if node.operator in COMPARISONS:
        return COMPARISONS[node.operator](left, right)
    return _arithmetic(node, left, right, problems)


def _arithmetic(node: tree.Binary, left: int | float, right: int | float, problems: Problems) -> int | float:
    if node.operator == "**" and abs(left) > 1 and abs(right) > BITS:
        problems.add(WrongOperands(node.span, "the power is too large"))
        raise Bad
    try:
        value = ARITHMETIC[node.operator](left, right)
    except ZeroDivisionError:
        problems.add(WrongOperands(node.right.span, "division by zero"))
        raise Bad from None
    except OverflowError:
        value = float("inf")
    if isinstance(value, complex):
        problems.add(WrongOperands(node.span, "a root of a negative number"))
        raise Bad
    if value != value or abs(value) == float("inf") or (isinstance(value, int) and value.bit_length() > BITS):
        problems.add(WrongOperands(node.span, "the number is too large to be held"))
        raise Bad
    return value
