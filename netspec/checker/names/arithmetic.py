"""Arithmetic of expressions: operators of numbers, within limits that keep a spec quick to check."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from netspec.checker.names.scope import Unresolved
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.values import WrongOperands

BITS = 1024
"""How many bits a whole number may have: more than a float can hold, and little enough to be quick."""

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


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def arithmetic(node: tree.Binary, left: int | float, right: int | float, problems: Problems) -> int | float:
    """The result of an operator of two numbers. Raises Unresolved after reporting that there is none."""
    if node.operator == "**" and abs(left) > 1 and abs(right) > BITS:
        problems.add(WrongOperands(node.span, "the power is too large"))
        raise Unresolved
    try:
        value = ARITHMETIC[node.operator](left, right)
    except ZeroDivisionError:
        problems.add(WrongOperands(node.right.span, "division by zero"))
        raise Unresolved from None
    except OverflowError:
        value = float("inf")
    if isinstance(value, complex):
        problems.add(WrongOperands(node.span, "a root of a negative number"))
        raise Unresolved
    if value != value or abs(value) == float("inf") or (isinstance(value, int) and value.bit_length() > BITS):
        problems.add(WrongOperands(node.span, "the number is too large to be held"))
        raise Unresolved
    return value
