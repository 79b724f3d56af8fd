"""The one way to say a thing: calls as the catalogue has them, of several spellings of the same tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce

from netspec.catalogue.entry import Entry, find, names
from netspec.catalogue.layers import Layer
from netspec.catalogue.sections import Section
from netspec.catalogue.slots import Form, slots
from netspec.catalogue.sources import DataSource
from netspec.lang import tree
from netspec.lang.comments import settled

MODEL = "model"


def canonical(spec: tree.Tree) -> tree.Tree:
    """The tree with each call in its usual spelling: leading arguments without their names, no empty parentheses but
    behind a source. Entries stand without parentheses around them, with `->` between them or in brackets as their
    field has it. What the catalogue doesn't know stays as it is."""
    body = replace(spec.body, statements=tuple(map(_statement, spec.statements)))
    return replace(spec, body=body, comments=settled(body, spec.comments))


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
    return replace(statement, value=_entries(statement.value, slot.kind, slot.form))


def _network_pipe(pipe: tree.Pipe, inside: bool = True) -> tree.Pipe:
    steps: list[tree.Step] = []
    for step in pipe.steps:
        operation, body = step.operation, step.body
        if operation is not None and inside:
            operation = _entry(operation, Layer)
        if body is not None:
            lines = tuple(
                replace(line, pipe=_network_pipe(line.pipe)) if isinstance(line, tree.Line) else line
                for line in body.statements
            )
            body = replace(body, statements=lines)
        steps.append(replace(step, operation=operation, body=body))
    return replace(pipe, steps=tuple(steps))


def _entries(node: tree.Expression, kind: type[Entry], form: Form) -> tree.Expression:
    """What stands where entries of a kind are taken: one, or several as `form` has them."""
    if isinstance(node, tree.Group):
        inner = _entries(node.inner, kind, form)
        return inner if _fits(inner, form) else replace(node, inner=inner)
    match node, form:
        case tree.Binary(operator="or"), "alternatives":
            choices = (_entry(item, kind) for item in _alternatives(node))
            return reduce(lambda left, right: tree.Binary(left.span.to(right.span), "or", left, right), choices)
        case tree.Pipe(steps=steps), "pipe":
            steps = tuple(replace(s, operation=s.operation and _entry(s.operation, kind)) for s in steps)
            return replace(node, steps=steps)
        case tree.List(items=items), "list" | "pipe":
            items = tuple(_entry(item, kind) for item in items)
            return _as_pipe(node, items) if form == "pipe" else replace(node, items=items)
        case _:
            entry = _entry(node, kind)
            return tree.List(entry.span, (entry,)) if form == "list" and _is_entry(entry) else entry


def _as_pipe(node: tree.List, items: tuple[tree.Expression, ...]) -> tree.Expression:
    """A list as a pipe, if its items can be steps of one."""
    if not items or not all(map(_is_entry, items)):
        return replace(node, items=items)
    return tree.Pipe(node.span, tuple(tree.Step(item.span, None, item) for item in items)) if items[1:] else items[0]


def _alternatives(node: tree.Expression) -> Iterator[tree.Expression]:
    match node:
        case tree.Binary(operator="or", left=left, right=right):
            yield from _alternatives(left)
            yield from _alternatives(right)
        case tree.Group(inner=inner) if _fits(inner, "alternatives"):
            yield from _alternatives(inner)
        case _:
            yield node


def _fits(node: tree.Expression, form: Form) -> bool:
    """Whether entries are written so where a field has that form; what isn't is a mistake, and left as it is."""
    match node:
        case tree.Binary(operator="or"):
            return form == "alternatives"
        case tree.Pipe():
            return form == "pipe"
        case tree.List():
            return form in ("list", "pipe")
        case _:
            return _is_entry(node)


def _is_entry(node: tree.Expression) -> bool:
    return isinstance(node, tree.Name | tree.Call)


def _entry(node: tree.Expression, kind: type[Entry]) -> tree.Expression:
    """An expression that stands for one entry of a kind."""
    match node:
        case tree.Name():
            return tree.Call(node.span, node, ()) if kind is DataSource and node.id in names(kind) else node
        case tree.Call():
            return _call(node, kind)
        case tree.Group(inner=inner):
            inner = _entry(inner, kind)
            return inner if _is_entry(inner) else replace(node, inner=inner)
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
        value = _entries(item.value, slot.kind, slot.form) if slot and slot.kind else item.value
        yield replace(item, name=kept, value=value)
