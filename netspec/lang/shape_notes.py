"""Shapes written behind the lines of a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from netspec.lang import tree
from netspec.source import Span

Sizes = Mapping[Span, tuple[int, ...]]


def with_shapes(spec: tree.Tree, sizes: Sizes) -> tree.Tree:
    """The tree with a note behind each line and setting of a network whose sizes are known, by their spans."""
    body = replace(spec.body, statements=tuple(_statement(statement, sizes) for statement in spec.statements))
    return replace(spec, body=body)


def _statement(statement: tree.Statement, sizes: Sizes) -> tree.Statement:
    match statement:
        case tree.Line(pipe=pipe):
            return replace(statement, pipe=_pipe(pipe, sizes), note=_note(statement, sizes))
        case tree.Setting(value=tree.Pipe() as pipe):
            return replace(statement, value=_pipe(pipe, sizes), note=_note(statement, sizes))
        case tree.Setting():
            return replace(statement, note=_note(statement, sizes))
        case tree.Block(body=body) | tree.Loop(body=body):
            return replace(statement, body=_body(body, sizes))
        case tree.Branch():
            return _branch(statement, sizes)
        case _:
            return statement


def _branch(branch: tree.Branch, sizes: Sizes) -> tree.Branch:
    other = branch.otherwise
    other = _branch(other, sizes) if isinstance(other, tree.Branch) else other and _body(other, sizes)
    return replace(branch, then=_body(branch.then, sizes), otherwise=other)


def _body(body: tree.Body, sizes: Sizes) -> tree.Body:
    return replace(body, statements=tuple(_statement(statement, sizes) for statement in body.statements))


def _pipe(pipe: tree.Pipe, sizes: Sizes) -> tree.Pipe:
    return replace(pipe, steps=tuple(replace(step, body=step.body and _body(step.body, sizes)) for step in pipe.steps))


def _note(statement: tree.Line | tree.Setting, sizes: Sizes) -> tree.List | None:
    """The note that there is, or the sizes as one; a line that is nothing but a body says them within."""
    known = sizes.get(statement.span)
    pipe = statement.pipe if isinstance(statement, tree.Line) else statement.value
    has_body = isinstance(pipe, tree.Pipe) and pipe.steps[-1].body is not None
    if statement.note is not None or known is None or has_body:
        return statement.note
    place = statement.span.after()
    return tree.List(place, tuple(tree.Number(place, str(size)) for size in known))
