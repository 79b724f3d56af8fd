"""The one way to say a thing: calls as the catalogue has them, of several spellings of the same tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from netspec.catalogue.entry import Entry, find, names
from netspec.catalogue.layers import Layer
from netspec.catalogue.sections import Section
from netspec.catalogue.slots import slots
from netspec.catalogue.sources import DataSource
from netspec.lang import tree

MODEL = "model"


def canonical(spec: tree.Tree) -> tree.Tree:
    """The tree with each call in its usual spelling: leading arguments without their names, no empty parentheses but
    behind a source. What the catalogue doesn't know stays as it is."""
    return replace(spec, body=replace(spec.body, statements=tuple(map(_statement, spec.statements))))


def _statement(statement: tree.Statement) -> tree.Statement:
    if not isinstance(statement, tree.Line) or statement.section is None:
        return statement
    head, body = statement.section
    if head.id == MODEL:
        return replace(statement, pipe=_network_pipe(statement.pipe, inside=False))
    section = find(Section, head.id)
    if section is None:
        return statement
    settings = tuple(_setting(item, section) for item in body.statements)
    (step,) = statement.pipe.steps
    step = replace(step, body=replace(body, statements=settings))
    return replace(statement, pipe=replace(statement.pipe, steps=(step,)))


def _setting(statement: tree.Statement, section: type[Entry]) -> tree.Statement:
    if not isinstance(statement, tree.Setting):
        return statement
    slot = slots(section).get(statement.name.id)
    if slot is None or slot.kind is None:
        return statement
    return replace(statement, value=_entry(statement.value, slot.kind))


def _network_pipe(pipe: tree.Pipe, inside: bool = True) -> tree.Pipe:
    steps: list[tree.Step] = []
    for step in pipe.steps:
        operation = _entry(step.operation, Layer) if step.operation is not None and inside else step.operation
        body = step.body
        if body is not None:
            lines = tuple(
                replace(line, pipe=_network_pipe(line.pipe)) if isinstance(line, tree.Line) else line
                for line in body.statements
            )
            body = replace(body, statements=lines)
        steps.append(replace(step, operation=operation, body=body))
    return replace(pipe, steps=tuple(steps))


def _entry(node: Any, kind: type[Entry]) -> Any:
    """An expression that stands for entries of a kind: one, or several with `or`, `->` or in a list."""
    match node:
        case tree.Name():
            return tree.Call(node.span, node, ()) if kind is DataSource and node.id in names(kind) else node
        case tree.Call():
            return _call(node, kind)
        case tree.Group(inner=inner):
            return replace(node, inner=_entry(inner, kind))
        case tree.Binary(operator="or"):
            return replace(node, left=_entry(node.left, kind), right=_entry(node.right, kind))
        case tree.List(items=items):
            return replace(node, items=tuple(_entry(item, kind) for item in items))
        case tree.Pipe(steps=steps):
            return replace(node, steps=tuple(replace(s, operation=_entry(s.operation, kind)) for s in steps))
        case _:
            return node


def _call(node: tree.Call, kind: type[Entry]) -> tree.Expression:
    entry = find(kind, node.function.id)
    if entry is None:
        return node
    if not node.arguments and kind is not DataSource:
        return replace(node.function, span=node.span)
    return replace(node, arguments=tuple(_arguments(node.arguments, entry)))


def _arguments(arguments: tuple[tree.Argument, ...], entry: type[Entry]) -> Iterator[tree.Argument]:
    """The arguments, the leading ones without names as far as they are all given and come first."""
    by_name = {item.name.id: item for item in arguments if item.name is not None}
    leading = [item for item in arguments if item.name is None]
    for name in entry.positional[len(leading) :]:
        if name not in by_name:
            break
        leading.append(by_name.pop(name))
    fields = slots(entry)
    named = [item for item in arguments if item not in leading]
    for item in (*leading, *named):
        kept = item.name if item in named else None
        slot = fields.get(item.name.id) if item.name else None
        value = _entry(item.value, slot.kind) if slot and slot.kind else item.value
        yield replace(item, name=kept, value=value)
