"""Shape annotations: the output shapes of a network's lines, written after them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from netspec.lang import tree
from netspec.source import Span

Sizes = Mapping[Span, tuple[int, ...]]


def with_shapes(spec: tree.Tree, sizes: Sizes) -> tree.Tree:
    """The tree with a shape annotation on each line and setting of a network whose span has `sizes`."""

    def annotated(node: tree.Node) -> tree.Node:
        node = tree.rebuild(node, annotated)
        return replace(node, note=_note(node, sizes)) if isinstance(node, tree.Line | tree.Setting) else node

    return replace(spec, body=tree.rebuild(spec.body, annotated))


def _note(statement: tree.Line | tree.Setting, sizes: Sizes) -> tree.List | None:
    """The annotation that the statement has, or its sizes as one; a body at its end has them inside."""
    known = sizes.get(statement.span)
    pipe = statement.pipe if isinstance(statement, tree.Line) else statement.value
    has_body = isinstance(pipe, tree.Pipe) and pipe.steps[-1].body is not None
    if statement.note is not None or known is None or has_body:
        return statement.note
    after = statement.span.after()
    return tree.List(after, tuple(tree.Number(after, str(size)) for size in known))
