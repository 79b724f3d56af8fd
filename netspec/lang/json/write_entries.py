"""Writes fields of the JSON form: calls of entries as objects, strings and plain values, with their comments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from netspec.catalogue.entry import Entry, find, names
from netspec.catalogue.layers import Layer
from netspec.catalogue.slots import Slot, slots
from netspec.diagnostics import did_you_mean
from netspec.lang import tree
from netspec.lang.arguments import count_inputs, holds_entries, operands
from netspec.lang.json.comments import COMMENT, CommentValue, write_comment
from netspec.lang.json.keys import EXPRESSION, INPUTS, OP, OR, TIMES
from netspec.lang.json.layout import Number
from netspec.lang.json.syntax import NUMBER
from netspec.lang.text.expressions import expression
from netspec.problems import NetspecError
from netspec.problems.names import Duplicate, Misplaced, UnknownArgument, UnknownKey, UnknownOperation
from netspec.problems.values import UnexpectedPosition, WrongValue
from netspec.source import Span
from netspec.wording import with_article

NOTHING = tree.Comments()


class EntryWriter:
    """Writes objects and lists. An object holds its comments in `$comment`; those on other values are in the `at` of
    the object around them."""

    def __init__(self, comments: Mapping[Span, tree.Comments]) -> None:
        self.comments = comments

    def entry(
        self,
        node: tree.Expression | None,
        kind: type[Entry],
        comments: tree.Comments = NOTHING,
        label: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The object of a name or a call; arguments without names get the names of their fields."""
        if isinstance(node, tree.Group):
            return self.entry(node.inner, kind, comments, label)
        if not isinstance(node, tree.Name | tree.Call):
            raise NetspecError.of(WrongValue(node.span if node else None, OP, with_article(kind.kind), "this"))
        function = name_of(node)
        entry = resolve(kind, function)
        values: dict[str, Any] = {OP: function.id, **(label or {})}
        on_arguments: dict[str, CommentValue] = {}
        arguments = node.arguments if isinstance(node, tree.Call) else ()
        count = count_inputs(arguments, entry) if issubclass(entry, Layer) else 0
        if count:
            values[INPUTS] = [expression(item.value) for item in arguments[:count]]
            on_inputs = {str(index): self._on_text(item, item.value) for index, item in enumerate(arguments[:count])}
            on_arguments[INPUTS] = CommentValue(at=on_inputs)
        given = [(argument, _parameter(entry, argument, index)) for index, argument in enumerate(arguments[count:])]
        refuse_twice("argument", ((slot.name, argument.span) for argument, slot in given))
        for argument, slot in given:
            values[slot.name] = self._field(slot, argument.value)
            on_arguments[slot.name] = self._on_field(slot, argument, argument.value)
        return commented(values, CommentValue(comments.before, comments.after, at=on_arguments))

    def _entries(self, slot: Slot, kind: type[Entry], node: tree.Expression) -> Any:
        """One entry, or more as the field has them."""
        match node:
            case tree.Group(inner=inner):
                return self._entries(slot, kind, inner)
            case tree.Binary(operator="or") if slot.form == "alternatives":
                return {OR: [self.entry(item, kind) for item in operands("or", node)]}
            case tree.Binary(operator="+") if slot.form == "sum":
                return [self._entries(slot, kind, item) for item in operands("+", node)]
            case tree.Binary(operator="*", left=factor, right=entry) if slot.form == "sum":
                return self._times(factor, self.entry(entry, kind))
            case tree.Pipe(steps=steps) if slot.form == "pipe":
                return [self.entry(_expression(step), kind, self._of(step)) for step in steps]
            case tree.List(items=items) if slot.mixed:
                return [self._field(slot, item) for item in items]
            case tree.List(items=items) if slot.form in ("list", "pipe"):
                return [self.entry(item, kind) for item in items]
            case _:
                return self.entry(node, kind)

    def _times(self, factor: tree.Expression, entry: dict[str, Any]) -> dict[str, Any]:
        """An entry in a sum with its factor, which follows its `op`."""
        while isinstance(factor, tree.Group):
            factor = factor.inner
        return {OP: entry[OP], TIMES: self._plain(factor)} | entry

    # ---- values ----

    def _field(self, slot: Slot, node: tree.Expression) -> Any:
        if slot.kind is not None and holds_entries(slot, node):
            return self._entries(slot, slot.kind, node)
        if slot.text and isinstance(node, tree.Text):
            return node.value
        if slot.text and isinstance(node, tree.List):
            return [self._field(slot, item) for item in node.items]
        if slot.text and not isinstance(node, tree.Constant):
            return {EXPRESSION: expression(node)}
        return self._plain(node)

    def _plain(self, node: tree.Expression) -> Any:
        """A number, a flag or a list of them as JSON, everything else as the text of the expression."""
        match node:
            case tree.Constant(value=value):
                return value
            case tree.List(items=items):
                return [self._plain(item) for item in items]
            case tree.Number() | tree.Unary(operator="-", operand=tree.Number()):
                text = expression(node)
                return Number(text) if NUMBER.fullmatch(text) else text
            case _:
                return expression(node)

    # ---- comments ----

    def _of(self, node: tree.Node) -> tree.Comments:
        return self.comments.get(node.key, NOTHING)

    def _on_field(self, slot: Slot, bearer: tree.Node, value: tree.Expression) -> CommentValue:
        """The comments on a setting or an argument. Entries hold the comments within them, a string can't."""
        comments = self._of(bearer)
        return self._on_text(bearer, value) if slot.kind is None else CommentValue(comments.before, comments.after)

    def _on_text(self, bearer: tree.Node, value: tree.Expression) -> CommentValue:
        """The comments on a node whose value is written as a string."""
        comments = self._of(bearer)
        return CommentValue((*comments.before, *self._within(value)), comments.after)

    def _within(self, node: tree.Node) -> tuple[str, ...]:
        """The comments inside an expression that becomes a string: they go before it, so that none is lost."""
        found: list[str] = []
        for part in tree.walk(node):
            if part is not node and isinstance(part, tree.Argument | tree.Step):
                comments = self._of(part)
                found += [*filter(None, comments.before), *filter(None, [comments.after])]
        return tuple(found)


def name_of(node: tree.Name | tree.Call) -> tree.Name:
    return node if isinstance(node, tree.Name) else node.function


def resolve(kind: type[Entry], name: tree.Name) -> type[Entry]:
    entry = find(kind, name.id)
    if entry is None:
        known = names(kind)
        problem = UnknownOperation(name.span, name.id, kind.kind, did_you_mean(name.id, known), known)
        raise NetspecError.of(problem)
    return entry


def key_of(section: type[Entry], name: tree.Name) -> Slot:
    """The field of a key."""
    known = slots(section)
    if name.id not in known:
        nearest = did_you_mean(name.id, known)
        raise NetspecError.of(UnknownKey(name.span, section.name(), name.id, nearest, tuple(known)))
    return known[name.id]


def _parameter(entry: type[Entry], argument: tree.Argument, index: int) -> Slot:
    """The field of an argument, the `index`th of its call."""
    known = slots(entry)
    if argument.name is None:
        if index >= len(entry.positional):
            limit = len(entry.positional)
            raise NetspecError.of(UnexpectedPosition(argument.span, entry.name(), None, argument.span.text, limit))
        return known[entry.positional[index]]
    name = argument.name.id
    if name not in known:
        nearest = did_you_mean(name, known)
        raise NetspecError.of(UnknownArgument(argument.name.span, entry.name(), name, nearest, tuple(known)))
    return known[name]


def refuse_twice(what: str, given: Iterable[tuple[str, Span]]) -> None:
    """Raise NetspecError if a name is given twice: an object has each key once."""
    first: dict[str, Span] = {}
    for name, span in given:
        if name in first:
            raise NetspecError.of(Duplicate(span, what, name, first[name]))
        first[name] = span


def misplaced(node: tree.Node, message: str) -> NetspecError:
    return NetspecError.of(Misplaced(node.span, message))


def _expression(step: tree.Step) -> tree.Expression | None:
    return None if isinstance(step.operation, tree.Repeat) else step.operation


def commented(members: Mapping[str, Any], comment_value: CommentValue) -> dict[str, Any]:
    """An object with its comments; `op` stays first, so that a reader sees what the object is."""
    comment = write_comment(comment_value)
    if comment is None:
        return dict(members)
    head = {OP: members[OP]} if OP in members else {}
    return {**head, COMMENT: comment, **members}
