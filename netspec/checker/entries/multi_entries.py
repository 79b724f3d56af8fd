"""Several entries in one field: alternatives, steps, the items of a list, the terms of a sum."""

from __future__ import annotations

from collections.abc import Iterator

from netspec.catalogue.entry import Entry, names
from netspec.catalogue.slots import Form
from netspec.checker.names.scope import Scope, Unresolved
from netspec.checker.names.values import operand
from netspec.checker.names.wording import shown
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.values import WrongValue
from netspec.wording import with_article


def split_entries(form: Form, node: tree.Expression) -> Iterator[tree.Expression]:
    """The entries that are written with `or`, `->` or `+` between them, or in a list."""
    match node:
        case tree.Binary(operator="or", left=left, right=right) if form == "alternatives":
            yield from split_entries(form, left)
            yield from split_entries(form, right)
        case tree.Binary(operator="+", left=left, right=right) if form == "sum":
            yield from split_entries(form, left)
            yield from split_entries(form, right)
        case tree.Pipe(steps=steps) if form == "pipe":
            yield from (
                step.operation for step in steps if step.operation and not isinstance(step.operation, tree.Repeat)
            )
        case tree.List(items=items) if form in ("list", "pipe"):
            yield from items
        case tree.Group(inner=inner):
            yield from split_entries(form, inner)
        case _:
            yield node


def split_term(
    node: tree.Expression, kind: type[Entry], path: str, scope: Scope, problems: Problems
) -> tuple[float, tree.Expression]:
    """The factor of a term in a sum, 1 without one, and its entry. Raises Unresolved after reporting what is wrong."""
    if not isinstance(node, tree.Binary) or node.operator != "*":
        return 1.0, node
    owner = field_at(path)
    if _names(node.left, kind):
        right = f"{node.right.span.text} * {node.left.span.text}"
        problems.add(
            WrongValue(node.span, owner, f"a factor in front of {with_article(kind.kind)}", "behind it", right)
        )
        raise Unresolved
    factor = operand(node.left, float, scope, problems)
    if factor <= 0:
        problems.add(WrongValue(node.left.span, owner, "factors above 0", shown(factor)))
        raise Unresolved
    return float(factor), node.right


def field_at(path: str) -> str:
    """The field of a path, without the place in it: `loss` of `train.loss[1]`."""
    return path.rpartition(".")[2].partition("[")[0]


def _names(node: tree.Expression, kind: type[Entry]) -> bool:
    """Whether an expression names an entry of a kind."""
    function = node.function if isinstance(node, tree.Call) else node
    return isinstance(function, tree.Name) and function.id in names(kind)
