"""The canonical form of entries: calls with their leading arguments without names, in the form that their field has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import takewhile

from netspec.catalogue.entry import Entry, find, names
from netspec.catalogue.layers import Layer
from netspec.catalogue.slots import Form, Slot, slots
from netspec.catalogue.sources import DataSource
from netspec.lang import tree
from netspec.lang.arguments import as_factor, chain, count_inputs, holds_entries, operands

Rewrite = Callable[[tree.Expression], tree.Expression]

SIGNS: dict[Form, str] = {"alternatives": "or", "sum": "+"}


def canonical_entries(node: tree.Expression, kind: type[Entry], form: Form) -> tree.Expression:
    """The value of a field that takes entries of a kind: one entry, or more as `form` has them."""
    if isinstance(node, tree.Group):
        inner = canonical_entries(node.inner, kind, form)
        return inner if _fits(inner, form) else replace(node, inner=inner)
    match node, form:
        case tree.Binary(operator=sign), "alternatives" | "sum" if sign == SIGNS[form]:
            return chain(sign, (canonical_entries(item, kind, form) for item in operands(sign, node)))
        case tree.Binary(operator="*", left=factor, right=entry), "sum":
            return replace(node, left=as_factor(factor), right=_entry(entry, kind))
        case tree.Pipe(steps=steps), "pipe":
            return replace(node, steps=tuple(_step(step, kind) for step in steps))
        case tree.List(items=items), "list" | "pipe":
            items = tuple(_entry(item, kind) for item in items)
            return _as_pipe(node, items) if form == "pipe" else replace(node, items=items)
        case _:
            entry = _entry(node, kind)
            return tree.List(entry.span, (entry,)) if form == "list" and is_entry(entry) else entry


def _step(step: tree.Step, kind: type[Entry]) -> tree.Step:
    if step.operation is None or isinstance(step.operation, tree.Repeat):
        return step
    return replace(step, operation=_entry(step.operation, kind))


def _as_pipe(node: tree.List, items: tuple[tree.Expression, ...]) -> tree.Expression:
    """A list as a pipe, if its items can be steps of one."""
    if not items or not all(map(is_entry, items)):
        return replace(node, items=items)
    return tree.Pipe(node.span, tuple(tree.Step(item.span, None, item) for item in items)) if items[1:] else items[0]


def _fits(node: tree.Expression, form: Form) -> bool:
    """Whether the field's form allows entries to be written so; if not, it is a mistake that stays in the text."""
    match node:
        case tree.Binary(operator="*", right=right):
            return form == "sum" and is_entry(right)
        case tree.Binary(operator=sign):
            return SIGNS.get(form) == sign
        case tree.Pipe():
            return form == "pipe"
        case tree.List():
            return form in ("list", "pipe")
        case _:
            return is_entry(node)


def is_entry(node: tree.Expression) -> bool:
    return isinstance(node, tree.Name | tree.Call)


def _entry(node: tree.Expression, kind: type[Entry]) -> tree.Expression:
    """An expression for one entry of a kind."""
    match node:
        case tree.Name():
            return tree.Call(node.span, node, ()) if kind is DataSource and node.id in names(kind) else node
        case tree.Call():
            return _call(node, kind)
        case tree.Group(inner=inner):
            inner = _entry(inner, kind)
            return inner if is_entry(inner) else replace(node, inner=inner)
        case _:
            return node


def _call(node: tree.Call, kind: type[Entry]) -> tree.Expression:
    entry = find(kind, node.function.id)
    if entry is None:
        return node
    if not node.arguments and kind is not DataSource:
        return replace(node.function, span=node.span)
    return replace(node, arguments=tuple(canonical_arguments(node.arguments, entry)))


def canonical_arguments(
    arguments: tuple[tree.Argument, ...], entry: type[Entry], plain: Rewrite = lambda node: node
) -> Iterator[tree.Argument]:
    """The arguments, the leading ones without names as far as all of them are given. Values of fields that take no
    entries are rewritten by `plain`."""
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
    for index, item in enumerate((*leading, *named)):
        slot = _slot(entry, item, index - inputs)
        if slot is not None and slot.kind is not None and holds_entries(slot, item.value):
            value = canonical_entries(item.value, slot.kind, slot.form)
        else:
            value = plain(item.value)
        yield replace(item, value=value)


def _slot(entry: type[Entry], argument: tree.Argument, index: int) -> Slot | None:
    """The field that an argument is for, by its name or its position."""
    if argument.name is not None:
        return slots(entry).get(argument.name.id)
    return slots(entry)[entry.positional[index]] if 0 <= index < len(entry.positional) else None
