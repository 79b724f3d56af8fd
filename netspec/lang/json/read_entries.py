"""Reads fields of the JSON form: objects for entries of the catalogue as calls, strings and plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netspec.catalogue.entry import Entry, find, names
from netspec.catalogue.layers import Layer
from netspec.catalogue.slots import Slot, slots
from netspec.lang import tree
from netspec.lang.arguments import as_factor, chain, count_inputs
from netspec.lang.json import nodes as json
from netspec.lang.json.comments import CommentValue
from netspec.lang.json.keys import EXPRESSION, INPUTS, OP, OR, TIMES, VALUE
from netspec.lang.json.read_values import ValueReader, members_of
from netspec.problems.names import UnknownKey
from netspec.problems.values import MissingArgument
from netspec.source import Span
from netspec.wording import plural, with_article


class EntryReader(ValueReader):
    """Reads the values of fields: entries by their `op`, strings, and plain values."""

    def _field(self, slot: Slot | None, member: json.Member) -> tree.Expression:
        """The value of a key or an argument; one without a field isn't read."""
        if slot is None:
            return tree.Constant(member.value.span, None)
        if slot.kind is not None and not (slot.plain and _is_plain(member.value)):
            return self._entries(slot, slot.kind, member)
        if slot.text:
            return self._text(slot, member.value)
        return self._chain(member.value, slot.name, slot.words)

    def _entries(self, slot: Slot, kind: type[Entry], member: json.Member) -> tree.Expression:
        """The value of a field that takes entries of a kind; their comments go to the member, if no step bears them."""
        match member.value:
            case json.Object() as node if slot.form == "alternatives" and node.get(OR) is not None:
                return self._alternatives(node, slot, kind, member.span)
            case json.Object() as node:
                return self._entry(node, slot, kind, member.span)
            case json.Array(items=items) as node if slot.form == "pipe" and items:
                calls = [self._entry(item, slot, kind, item.span) for item in items]
                steps = tuple(tree.Step(call.span, None, call) for call in calls)
                self._lift(steps, member.span)
                return tree.Pipe(node.span, steps) if len(steps) > 1 else calls[0]
            case json.Array(items=items) as node if slot.mixed:
                return tree.List(node.span, tuple(self._item(item, slot, kind, member.span) for item in items))
            case json.Array(items=items) as node if slot.form in ("list", "pipe"):
                return tree.List(node.span, tuple(self._entry(item, slot, kind, member.span) for item in items))
            case json.Array(items=items) if slot.form == "sum" and items:
                return chain("+", [self._entry(item, slot, kind, member.span) for item in items])
            case json.Array() as node:
                return self._wrong(node, slot.name, slot.words)
            case json.String() as node:
                return self._entry(node, slot, kind, member.span)
            case node:
                return self._plain(node, slot.name, slot.words)

    def _alternatives(self, node: json.Object, slot: Slot, kind: type[Entry], bearer: Span) -> tree.Expression:
        self._add_comments(bearer, self._read_comment(node).flat)
        for member in members_of(node):
            if member.key.value != OR:
                self.problems.add(UnknownKey(member.key.inner, OR, member.key.value, None, (OR,)))
        choices = node.get(OR)
        if not isinstance(choices, json.Array) or not choices.items:
            return self._wrong(choices or node, OR, f"a list of {plural(kind.kind)}")
        return chain("or", [self._entry(item, slot, kind, bearer) for item in choices.items])

    def _item(self, node: json.Value, slot: Slot, kind: type[Entry], bearer: Span) -> tree.Expression:
        """An item of a list that has entries and strings."""
        return self._text(slot, node) if _is_plain(node) else self._entry(node, slot, kind, bearer)

    def _entry(self, node: json.Value, slot: Slot, kind: type[Entry], bearer: Span) -> tree.Expression:
        """One entry; its comments go to `bearer`."""
        if isinstance(node, json.Object):
            factor = node.get(TIMES) if slot.form == "sum" else None
            call = self._call(node, kind, slot.name, bearer, (TIMES,) if factor else ())
            return tree.Binary(node.span, "*", self._factor(factor), call) if factor else call
        right = f'{{"{OP}": "{node.value}"}}' if isinstance(node, json.String) and node.value in names(kind) else None
        return self._wrong(node, slot.name, f"{with_article(kind.kind)} as an object with `{OP}`", right)

    def _call(
        self, node: json.Object, kind: type[Entry], owner: str, bearer: Span, others: Sequence[str] = ()
    ) -> tree.Call | tree.Constant:
        """The call for an object with `op`; `others` are keys that aren't arguments."""
        function = node.get(OP)
        if function is None:
            self.problems.add(MissingArgument(node.span, owner, OP, f"the name of {with_article(kind.kind)}", "key"))
            return tree.Constant(node.span, None)
        if not isinstance(function, json.String):
            return self._wrong(function, OP, f"the name of {with_article(kind.kind)}")
        entry = find(kind, function.value)
        # the arguments of an unknown entry aren't read
        own = (OP, *others, *((INPUTS,) if kind is Layer else ()))
        members = {member.key.value: member for member in members_of(node) if entry and member.key.value not in own}
        comment_value = self._read_comment(node, (*members, INPUTS))
        self._add_comments(bearer, comment_value.flat)
        fields = slots(entry) if entry else {}
        arguments = tuple(
            self._argument(member, fields.get(key), comment_value.at.get(key, CommentValue()))
            for key, member in members.items()
        )
        inputs = self._inputs(node, entry, arguments, comment_value.at.get(INPUTS, CommentValue()))
        return tree.Call(node.span, tree.Name(function.inner, function.value), (*inputs, *arguments))

    def _factor(self, node: json.Value) -> tree.Expression:
        """The factor of an entry in a sum, as the left side of a product."""
        return as_factor(self._plain(node, TIMES, "a number above 0"))

    def _argument(self, member: json.Member, slot: Slot | None, comment_value: CommentValue) -> tree.Argument:
        self._add_comments(member.span, comment_value.flat)
        return tree.Argument(member.span, tree.Name(member.key.inner, member.key.value), self._field(slot, member))

    def _inputs(
        self,
        node: json.Object,
        entry: type[Entry] | None,
        arguments: tuple[tree.Argument, ...],
        comment_value: CommentValue,
    ) -> tuple[tree.Argument, ...]:
        """The inputs of an operation beside the value that flows into it: its leading arguments."""
        given = node.get(INPUTS)
        if given is None or entry is None or not issubclass(entry, Layer):
            return ()
        known = len(self.problems)
        values = [self._chain(item, INPUTS, "a value of the network") for item in self._items(given, INPUTS, "values")]
        inputs = tuple(tree.Argument(value.span, None, value) for value in values)
        if count_inputs((*inputs, *arguments), entry) != len(inputs):
            if len(self.problems) > known:
                # what couldn't be read isn't a value for that reason
                return ()
            self._wrong(given, INPUTS, f'nothing here; put {{"{VALUE}": …}} before the operation')
            return ()
        self._add_comments(node.span, replace(comment_value, at={}).flat)
        for index, item in enumerate(inputs):
            self._add_comments(item.span, comment_value.at.get(str(index), CommentValue()).flat)
        return inputs

    def _text(self, slot: Slot, node: json.Value) -> tree.Expression:
        if isinstance(node, json.String):
            return tree.Text(node.span, node.value)
        if isinstance(node, json.Array):
            return tree.List(node.span, tuple(self._text(slot, item) for item in node.items))
        if isinstance(node, json.Object) and [member.key.value for member in node.members] == [EXPRESSION]:
            expression = node.members[0].value
            if isinstance(expression, json.String):
                return self._expression(expression)
        return self._plain(node, slot.name, slot.words)


def _is_plain(node: json.Value) -> bool:
    """Whether a value has no object in it, as an entry is; an expression in the place of a string is none."""
    items = node.items if isinstance(node, json.Array) else (node,)
    return not any(isinstance(item, json.Object) and item.get(EXPRESSION) is None for item in items)
