"""Traversal of trees: the nodes below a node, the bodies in a statement, and a node with other children."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from functools import cache
from typing import Any, TypeVar

from netspec.lang.tree.base import Node
from netspec.lang.tree.nodes import Body, Branch, Expression, Pipe

N = TypeVar("N", bound=Node)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below a node, in the order of its fields."""
    for name in _child_fields(type(node)):
        part = getattr(node, name)
        for child in part if isinstance(part, tuple) else (part,):
            if isinstance(child, Node):
                yield child


def walk(node: Node) -> Iterator[Node]:
    """A node and all nodes below it, each before its children. Not recursive, so that no depth is too much."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(list(children(node)))


def bodies_of(node: Node) -> Iterator[Body]:
    """The bodies directly below a statement or a step, in order: those of a pipe's steps, of a block, of a loop, or of
    a branch and all that follows its `else`. Expressions have none, so that none is looked for in them."""
    if isinstance(node, Pipe):
        # of the many nodes that have none, these are most
        yield from (step.body for step in node.steps if step.body is not None)
        return
    for child in children(node):
        if isinstance(child, Body):
            yield child
        elif isinstance(child, Pipe) or not isinstance(child, Expression):
            yield from bodies_of(child)


def branches(branch: Branch) -> Iterator[Branch]:
    """A branch and all branches that follow its `else`, in order."""
    part: Body | Branch | None = branch
    while isinstance(part, Branch):
        yield part
        part = part.otherwise


def rebuild(node: N, change: Callable[[Node], Node]) -> N:
    """The node with `change(child)` in place of each of its children; the same object if all of them stay the same.

    Span and depth stay, and with the span the key by which the node's comments are found.
    """
    changed: dict[str, Any] = {}
    for name in _child_fields(type(node)):
        part = getattr(node, name)
        new = _with(part, change)
        if new is not part:
            changed[name] = new
    return replace(node, **changed) if changed else node


def _with(part: Any, change: Callable[[Node], Node]) -> Any:
    """The value of a field with its nodes changed."""
    if isinstance(part, Node):
        return change(part)
    if isinstance(part, tuple):
        new = tuple(map(change, part))
        return new if any(before is not after for before, after in zip(part, new, strict=True)) else part
    return part


@cache
def _child_fields(kind: type[Node]) -> tuple[str, ...]:
    """The names of the fields in which nodes of a kind may have children."""
    return tuple(item.name for item in fields(kind) if item.name not in ("span", "depth"))
