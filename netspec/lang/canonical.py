"""The one way to say a thing: calls as the catalogue has them, of several spellings of the same tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from itertools import takewhile

from netspec.catalogue.entry import Entry, find, names
from netspec.catalogue.layers import Layer
from netspec.catalogue.sections import MODEL, Section
from netspec.catalogue.slots import Form, Slot, slots
from netspec.catalogue.sources import DataSource
from netspec.lang import tree
from netspec.lang.arguments import as_factor, count_inputs, holds_entries, operands
from netspec.lang.text.comments import settled

Rewrite = Callable[[tree.Expression], tree.Expression]

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
SIGNS: dict[Form, str] = {"alternatives": "or", "sum": "+"}
RESERVED = ("true", "false", "none", "and", "or", "not", "if", "else")
"""Words that are no label without quotes."""


def canonical(spec: tree.Tree) -> tree.Tree:
    """The tree with each call in its usual spelling: leading arguments without their names, no empty parentheses but
    behind a source. Entries stand without parentheses around them, with `->` between them or in brackets as their
    field has it. Imports, params, blocks and assertions stand together, each where the first of them stood.
    What the catalogue doesn't know stays as it is."""
    statements = tuple(_grouped(spec.statements))
    network = _Network(frozenset(item.name.id for item in statements if isinstance(item, tree.Block)))
    body = replace(spec.body, statements=tuple(_statement(item, network) for item in statements))
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


def _statement(statement: tree.Statement, network: _Network) -> tree.Statement:
    if isinstance(statement, tree.Block):
        return replace(statement, body=network.body(statement.body))
    if not isinstance(statement, tree.Line) or statement.section is None:
        return statement
    head, body = statement.section
    name = head if isinstance(head, tree.Name) else head.function
    section = find(Section, name.id)
    if name.id == MODEL:
        inner = network.body(body)
    elif section is not None:
        inner = replace(body, statements=tuple(_setting(item, section) for item in body.statements))
    else:
        return statement
    (step,) = statement.pipe.steps
    return replace(statement, pipe=replace(statement.pipe, steps=(replace(step, body=inner),)))


def _setting(statement: tree.Statement, section: type[Entry]) -> tree.Statement:
    if not isinstance(statement, tree.Setting):
        return statement
    slot = slots(section).get(statement.name.id)
    if slot is None or slot.kind is None:
        return statement
    return replace(statement, value=_entries(statement.value, slot.kind, slot.form))


# ---- networks ----


@dataclass(frozen=True)
class _Network:
    """The lines of a model or of a block. `blocks` are those of the file; what else has a name may be a value, whose
    empty parentheses are a mistake that stays one."""

    blocks: frozenset[str]

    def body(self, body: tree.Body) -> tree.Body:
        return replace(body, statements=tuple(map(self._statement, body.statements)))

    def _statement(self, statement: tree.Statement) -> tree.Statement:
        match statement:
            case tree.Line(pipe=pipe):
                return replace(statement, pipe=self._pipe(pipe))
            case tree.Setting(value=tree.Pipe() as pipe):
                return replace(statement, value=self._pipe(pipe))
            case tree.Setting(value=value):
                return replace(statement, value=self._operation(value))
            case tree.Loop(body=body):
                return replace(statement, body=self.body(body))
            case tree.Branch():
                return self._branch(statement)
            case _:
                return statement

    def _branch(self, branch: tree.Branch) -> tree.Branch:
        other = branch.otherwise
        other = self._branch(other) if isinstance(other, tree.Branch) else other and self.body(other)
        return replace(branch, then=self.body(branch.then), otherwise=other)

    def _pipe(self, pipe: tree.Pipe) -> tree.Pipe:
        return replace(pipe, steps=tuple(map(self._step, pipe.steps)))

    def _step(self, step: tree.Step) -> tree.Step:
        label, operation = step.label, step.operation
        if label is not None and label.quoted and is_plain(label.id):
            label = replace(label, quoted=False)
        if operation is not None and not isinstance(operation, tree.Repeat):
            operation = self._operation(operation)
        return replace(step, label=label, operation=operation, body=step.body and self.body(step.body))

    def _operation(self, node: tree.Expression) -> tree.Expression:
        """An expression that stands as an operation by itself."""
        if isinstance(node, tree.Group):
            inner = self._operation(node.inner)
            return inner if _is_entry(inner) else replace(node, inner=inner)
        node = self._value(node)
        if isinstance(node, tree.Call) and not node.arguments and self._is_operation(node.function.id):
            return replace(node.function, span=node.span)
        return node

    def _is_operation(self, name: str) -> bool:
        return name in self.blocks or find(Layer, name) is not None

    def _value(self, node: tree.Expression) -> tree.Expression:
        """An expression with the calls in it in their usual spelling. Parentheses stay: an operation with them isn't
        the same as one without where a block is given it."""
        match node:
            case tree.Call(function=function, arguments=arguments):
                layer = find(Layer, function.id)
                if layer is not None:
                    return replace(node, arguments=tuple(_arguments(arguments, layer, self._value)))
                return replace(
                    node, arguments=tuple(replace(item, value=self._value(item.value)) for item in arguments)
                )
            case tree.Pipe():
                return self._pipe(node)
            case tree.List(items=items):
                return replace(node, items=tuple(map(self._value, items)))
            case tree.Group(inner=value) | tree.Unary(operand=value):
                field = "inner" if isinstance(node, tree.Group) else "operand"
                return replace(node, **{field: self._value(value)})
            case tree.Binary(left=left, right=right):
                return replace(node, left=self._value(left), right=self._value(right))
            case tree.Conditional(condition=condition, then=then, otherwise=other):
                parts = map(self._value, (condition, then, other))
                return tree.Conditional(node.span, *parts, depth=node.depth)
            case _:
                return node


def is_plain(label: str) -> bool:
    """Whether a label can be written without quotes."""
    return NAME.fullmatch(label) is not None and label not in RESERVED


# ---- entries ----


def _entries(node: tree.Expression, kind: type[Entry], form: Form) -> tree.Expression:
    """What stands where entries of a kind are taken: one, or several as `form` has them."""
    if isinstance(node, tree.Group):
        inner = _entries(node.inner, kind, form)
        return inner if _fits(inner, form) else replace(node, inner=inner)
    match node, form:
        case tree.Binary(operator=sign), "alternatives" | "sum" if sign == SIGNS[form]:
            items = (_entries(item, kind, form) for item in operands(sign, node))
            return reduce(lambda left, right: tree.Binary(left.span.to(right.span), sign, left, right), items)
        case tree.Binary(operator="*", left=factor, right=entry), "sum":
            return replace(node, left=as_factor(factor), right=_entry(entry, kind))
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


def _fits(node: tree.Expression, form: Form) -> bool:
    """Whether entries are written so where a field has that form; what isn't is a mistake, and left as it is."""
    match node:
        case tree.Binary(operator="*", right=right):
            return form == "sum" and _is_entry(right)
        case tree.Binary(operator=sign):
            return SIGNS.get(form) == sign
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


def _arguments(
    arguments: tuple[tree.Argument, ...], entry: type[Entry], plain: Rewrite = lambda node: node
) -> Iterator[tree.Argument]:
    """The arguments, the leading ones without names as far as they are all given and come first. What stands where no
    entries are taken is rewritten by `plain`."""
    leading = list(takewhile(lambda item: item.name is None, arguments))
    named = arguments[len(leading) :]
    inputs = count_inputs(arguments, entry) if issubclass(entry, Layer) else 0
    by_name = {item.name.id: item for item in named if item.name is not None}
    # with one name twice, or none behind a name, it is a mistake that stays one
    if len(by_name) == len(named):
        for name in entry.positional[len(leading) - inputs :]:
            if name not in by_name:
                break
            leading.append(replace(by_name.pop(name), name=None))
        named = by_name.values()
    for place, item in enumerate((*leading, *named)):
        slot = _slot(entry, item, place - inputs)
        if slot is not None and slot.kind is not None and holds_entries(slot, item.value):
            value = _entries(item.value, slot.kind, slot.form)
        else:
            value = plain(item.value)
        yield replace(item, value=value)


def _slot(entry: type[Entry], argument: tree.Argument, place: int) -> Slot | None:
    """The field that an argument is for, by its name or its place."""
    if argument.name is not None:
        return slots(entry).get(argument.name.id)
    return slots(entry)[entry.positional[place]] if 0 <= place < len(entry.positional) else None
