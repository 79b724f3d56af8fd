"""The one way to say a thing: calls as the catalogue has them, of several spellings of the same tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import reduce

from netspec.catalogue.entry import Entry, find, names
from netspec.catalogue.layers import Layer
from netspec.catalogue.sections import Section
from netspec.catalogue.slots import Form, slots
from netspec.catalogue.sources import DataSource
from netspec.lang import tree
from netspec.lang.arguments import count_inputs
from netspec.lang.comments import settled

MODEL = "model"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
RESERVED = ("true", "false", "none", "and", "or", "not", "if", "else")
"""Words that are no label without quotes."""


def canonical(spec: tree.Tree) -> tree.Tree:
    """The tree with each call in its usual spelling: leading arguments without their names, no empty parentheses but
    behind a source. Entries stand without parentheses around them, with `->` between them or in brackets as their
    field has it. What the catalogue doesn't know stays as it is."""
    body = replace(spec.body, statements=tuple(map(_statement, _grouped(spec.statements))))
    return replace(spec, body=body, comments=settled(body, spec.comments))


def _grouped(statements: tuple[tree.Statement, ...]) -> Iterator[tree.Statement]:
    """The statements with those of a kind together, where the first of them stands; sections stay where they are."""
    kinds = (tree.Import, tree.Param, tree.Block, tree.Assertion)
    seen: set[type[tree.Statement]] = set()
    for statement in statements:
        kind = type(statement)
        if kind not in kinds:
            yield statement
        elif kind not in seen:
            seen.add(kind)
            yield from (item for item in statements if type(item) is kind)


def _statement(statement: tree.Statement) -> tree.Statement:
    if isinstance(statement, tree.Block):
        return replace(statement, body=_network(statement.body))
    if not isinstance(statement, tree.Line) or statement.section is None:
        return statement
    head, body = statement.section
    name = head if isinstance(head, tree.Name) else head.function
    section = find(Section, name.id)
    if name.id != MODEL and section is None:
        return statement
    inner = (
        _network(body)
        if section is None
        else replace(body, statements=tuple(_setting(item, section) for item in body.statements))
    )
    (step,) = statement.pipe.steps
    return replace(statement, pipe=replace(statement.pipe, steps=(replace(step, body=inner),)))


def _setting(statement: tree.Statement, section: type[Entry]) -> tree.Statement:
    if not isinstance(statement, tree.Setting):
        return statement
    slot = slots(section).get(statement.name.id)
    if slot is None or slot.kind is None:
        return statement
    return replace(statement, value=_entries(statement.value, slot.kind, slot.form))


def _network(body: tree.Body) -> tree.Body:
    """The body of a model, of a block, or of what stands in one."""
    return replace(body, statements=tuple(map(_network_statement, body.statements)))


def _network_statement(statement: tree.Statement) -> tree.Statement:
    match statement:
        case tree.Line(pipe=pipe):
            return replace(statement, pipe=_network_pipe(pipe))
        case tree.Setting(value=tree.Pipe() as pipe):
            return replace(statement, value=_network_pipe(pipe))
        case tree.Setting(value=value):
            return replace(statement, value=_entry(value, Layer))
        case tree.Loop(body=body):
            return replace(statement, body=_network(body))
        case tree.Branch():
            return _network_branch(statement)
        case _:
            return statement


def _network_branch(branch: tree.Branch) -> tree.Branch:
    other = branch.otherwise
    other = _network_branch(other) if isinstance(other, tree.Branch) else other and _network(other)
    return replace(branch, then=_network(branch.then), otherwise=other)


def _network_pipe(pipe: tree.Pipe) -> tree.Pipe:
    return replace(pipe, steps=tuple(map(_network_step, pipe.steps)))


def _network_step(step: tree.Step) -> tree.Step:
    label, operation = step.label, step.operation
    if label is not None and label.quoted and NAME.fullmatch(label.id) and label.id not in RESERVED:
        label = replace(label, quoted=False)
    if operation is not None and not isinstance(operation, tree.Repeat):
        operation = _entry(operation, Layer)
    return replace(step, label=label, operation=operation, body=step.body and _network(step.body))


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
            return replace(node, steps=tuple(_step(step, kind) for step in steps))
        case tree.List(items=items), "list" | "pipe":
            items = tuple(_entry(item, kind) for item in items)
            return _as_pipe(node, items) if form == "pipe" else replace(node, items=items)
        case _:
            entry = _entry(node, kind)
            return tree.List(entry.span, (entry,)) if form == "list" and _is_entry(entry) else entry


def _step(step: tree.Step, kind: type[Entry]) -> tree.Step:
    operation = step.operation
    return (
        step
        if operation is None or isinstance(operation, tree.Repeat)
        else replace(step, operation=_entry(operation, kind))
    )


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
    if entry is None and kind is Layer and not node.arguments:
        # a block
        return replace(node.function, span=node.span)
    if entry is None:
        return node
    if not node.arguments and kind is not DataSource:
        return replace(node.function, span=node.span)
    return replace(node, arguments=tuple(_arguments(node.arguments, entry)))


def _arguments(arguments: tuple[tree.Argument, ...], entry: type[Entry]) -> Iterator[tree.Argument]:
    """The arguments, the leading ones without names as far as they are all given and come first."""
    by_name = {item.name.id: item for item in arguments if item.name is not None}
    leading = [item for item in arguments if item.name is None]
    inputs = count_inputs(arguments, entry) if issubclass(entry, Layer) else 0
    for name in entry.positional[len(leading) - inputs :]:
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
