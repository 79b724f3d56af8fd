"""The JSON form to the tree: what stands in the wrong place is reported, the rest is left to the checker's passes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, reduce
from typing import TypeGuard

from netspec.catalogue.entry import Entry, find, names
from netspec.catalogue.layers import Layer
from netspec.catalogue.sections import Section
from netspec.catalogue.slots import Slot, slots
from netspec.diagnostics import did_you_mean
from netspec.lang import json_text as json
from netspec.lang import tree
from netspec.lang.canonical import MODEL
from netspec.lang.parser import parse_expression
from netspec.lang.remarks import COMMENT, Remarks, read_remarks
from netspec.lang.tokens import NAME_LIMIT, grammar
from netspec.problems import Problems
from netspec.problems.names import UnknownKey
from netspec.problems.syntax import TooLong
from netspec.problems.values import MissingArgument, WrongValue
from netspec.source import Source, Span
from netspec.wording import with_article

SCHEMA, EDITION, PARAMS, ASSERT = "$schema", "netspec", "params", "assert"
OP, LABEL, BODY, OR, EXPRESSION = "op", "label", "body", "or", "$"
SCOPE = (LABEL, BODY)
LINE = "line"
"""What a message calls an item of `model`."""


def parse_json(source: Source, problems: Problems) -> tree.Tree:
    """The tree of a `.net.json` file; what is wrong with its writing goes to `problems`. Never raises.

    Unknown names and wrong values are in the tree at their places in the JSON file: the checker reports them as it
    does for the other form. With an error here the tree isn't whole, and the checker would report what follows from it.
    """
    lowering = _Lowering(source, problems)
    document = json.read_json(source, problems)
    statements: tuple[tree.Statement, ...] = ()
    if document is not None and lowering.is_object(document, "a spec"):
        statements = lowering.file(document)
    return tree.Tree(source, tree.File.of(source, statements), lowering.comments)


class _Text(Source):
    """An expression in a JSON string, as a source of its own whose places are those in the JSON file."""

    def __init__(self, string: json.String) -> None:
        super().__init__(string.span.source.name, string.value)
        self.string = string

    def span(self, start: int, end: int) -> Span:
        if self.string.escaped:
            return self.string.span
        offset = self.string.inner.start
        return self.string.span.source.span(offset + start, offset + end)

    def line_of(self, span: Span) -> Span:
        # the span is a place in the file, where the whole text stands on one line
        return self.span(0, len(self.text))


class _Lowering:
    def __init__(self, source: Source, problems: Problems) -> None:
        self.source = source
        self.problems = problems
        self.comments: dict[Span, tree.Comments] = {}

    # ---- the file ----

    def file(self, document: json.Object) -> tuple[tree.Statement, ...]:
        remarks = read_remarks(document, self.problems)
        statements: list[tree.Statement] = []
        for member in document.members:
            statements += self._top(member, remarks.at.get(member.key.value, Remarks()))
        inside = (*filter(None, [remarks.opening]), *remarks.inside, *filter(None, [remarks.after]))
        self._remark(tree.File.of(self.source, ()).key, tree.Comments(inside=inside))
        if statements:
            self._remark(statements[0].span, tree.Comments(before=remarks.before))
        return tuple(statements)

    def _top(self, member: json.Member, remarks: Remarks) -> Iterator[tree.Statement]:
        """The statements that a key at the top stands for; `remarks` are those on it from outside."""
        value = member.value
        match member.key.value:
            case "$schema" | "$comment":
                if member.key.value == SCHEMA and not isinstance(value, json.String):
                    self._wrong(value, SCHEMA, "a string")
            case "netspec":
                yield from self._edition(member, remarks)
            case "params":
                yield from self._params(value, remarks)
            case "assert":
                yield from self._assertions(value, remarks)
            case _:
                yield self._section(member, remarks)

    def _edition(self, member: json.Member, remarks: Remarks) -> Iterator[tree.Statement]:
        if isinstance(member.value, json.Number):
            self._remark(member.span, remarks.flat)
            yield tree.Edition(member.span, tree.Number(member.value.span, member.value.text))
        else:
            self._wrong(member.value, EDITION, "the number of an edition")

    def _params(self, node: json.Value, outer: Remarks) -> Iterator[tree.Statement]:
        if not self.is_object(node, PARAMS):
            return
        remarks = read_remarks(node, self.problems)
        spare = (*outer.flat.before, *remarks.flat.before)
        for member in _members(node):
            self._remark(member.span, tree.Comments(before=spare))
            spare = ()
            self._remark(member.span, remarks.at.get(member.key.value, Remarks()).flat)
            name = self._name(member.key, "param")
            yield tree.Param(member.span, name, self._plain(member.value, member.key.value, "a value"))

    def _assertions(self, node: json.Value, remarks: Remarks) -> Iterator[tree.Statement]:
        if not isinstance(node, json.Array):
            self._wrong(node, ASSERT, "a list of strings")
            return
        for index, item in enumerate(node.items):
            if index == 0:
                self._remark(item.span, tree.Comments(before=remarks.flat.before))
            self._remark(item.span, remarks.at.get(str(index), Remarks()).flat)
            if isinstance(item, json.String):
                yield tree.Assertion(item.span, self._expression(item))
            else:
                self._wrong(item, ASSERT, "what holds, as a string")

    # ---- sections ----

    def _section(self, member: json.Member, remarks: Remarks) -> tree.Statement:
        """A section as the line that it is in the other form: its name with a body."""
        name, value = member.key.value, member.value
        head = tree.Name(member.key.inner, name)
        self._remark(member.span, remarks.around)
        interior = tree.Interior.of(value.span)
        self._remark(interior, remarks.within)
        statements: tuple[tree.Statement, ...] = ()
        section = find(Section, name)
        if name == MODEL:
            statements = self._lines(value, MODEL)
        # what is in a section that doesn't exist isn't looked at
        elif section is not None and self.is_object(value, name):
            inner = read_remarks(value, self.problems)
            self._remark(member.span, inner.around)
            self._remark(interior, inner.within)
            fields, at = slots(section), inner.at
            statements = tuple(
                self._setting(item, fields, at.get(item.key.value, Remarks())) for item in _members(value)
            )
        step = tree.Step(member.span, None, head, tree.Body(value.span, statements))
        return tree.Line(member.span, tree.Pipe(member.span, (step,)))

    def _setting(self, member: json.Member, fields: Mapping[str, Slot], remarks: Remarks) -> tree.Setting:
        name = tree.Name(member.key.inner, member.key.value)
        self._remark(member.span, remarks.flat)
        return tree.Setting(member.span, name, self._field(fields.get(name.id), member))

    def _field(self, slot: Slot | None, member: json.Member) -> tree.Expression:
        """The value of a key or an argument. Where there is none of that name, the value isn't looked at."""
        if slot is None:
            return tree.Constant(member.value.span, None)
        if slot.kind is not None:
            return self._entries(slot, slot.kind, member)
        if slot.text:
            return self._text(slot, member.value)
        return self._plain(member.value, slot.name, slot.words)

    # ---- the network ----

    def _lines(self, node: json.Value, name: str) -> tuple[tree.Line, ...]:
        if not isinstance(node, json.Array):
            self._wrong(node, name, "a list of operations")
            return ()
        pipes = (self._pipe(item) for item in node.items)
        return tuple(tree.Line(pipe.span, pipe) for pipe in pipes if pipe.steps)

    def _pipe(self, node: json.Value) -> tree.Pipe:
        """A line of the network: an operation, or a list of them with an arrow between each two."""
        items = node.items if isinstance(node, json.Array) else (node,)
        if not items:
            self._wrong(node, LINE, "at least one operation")
        steps = tuple(self._step(item) for item in items if self.is_object(item, LINE))
        if steps:
            self._lift(steps, node.span)
        return tree.Pipe(node.span, steps)

    def _step(self, node: json.Object) -> tree.Step:
        label = node.get(LABEL)
        name = self._name(label, LABEL) if label is not None else None
        lines = node.get(BODY)
        remarks = read_remarks(node, self.problems)
        if lines is None:
            self._remark(node.span, remarks.flat)
            return tree.Step(node.span, name, self._call(node, Layer, LINE, (LABEL,)))
        self._remark(node.span, remarks.around)
        self._remark(tree.Interior.of(lines.span), remarks.within)
        body = tree.Body(lines.span, self._lines(lines, BODY))
        if node.get(OP) is not None:
            return tree.Step(node.span, name, self._call(node, Layer, LINE, SCOPE), body)
        for member in _members(node):
            if member.key.value not in SCOPE:
                key = member.key.value
                self.problems.add(UnknownKey(member.key.inner, BODY, key, did_you_mean(key, SCOPE), SCOPE))
        return tree.Step(node.span, name, None, body)

    # ---- entries ----

    def _entries(self, slot: Slot, kind: type[Entry], member: json.Member) -> tree.Expression:
        """What stands where entries of a kind are taken; their remarks go to the member, if no step bears them."""
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
            case json.Array(items=items) as node if slot.form in ("list", "pipe"):
                return tree.List(node.span, tuple(self._entry(item, slot, kind, member.span) for item in items))
            case json.Array() as node:
                return self._wrong(node, slot.name, slot.words)
            case json.String() as node:
                return self._entry(node, slot, kind, member.span)
            case node:
                return self._plain(node, slot.name, slot.words)

    def _alternatives(self, node: json.Object, slot: Slot, kind: type[Entry], bearer: Span) -> tree.Expression:
        self._remark(bearer, read_remarks(node, self.problems).flat)
        for member in _members(node):
            if member.key.value != OR:
                self.problems.add(UnknownKey(member.key.inner, OR, member.key.value, None, (OR,)))
        choices = node.get(OR)
        if not isinstance(choices, json.Array) or not choices.items:
            return self._wrong(choices or node, OR, f"a list of {kind.kind}s")
        calls = [self._entry(item, slot, kind, bearer) for item in choices.items]
        return reduce(lambda left, right: tree.Binary(left.span.to(right.span), "or", left, right), calls)

    def _entry(self, node: json.Value, slot: Slot, kind: type[Entry], bearer: Span) -> tree.Expression:
        """One entry; `bearer` is what its remarks belong to."""
        if isinstance(node, json.Object):
            self._remark(bearer, read_remarks(node, self.problems).flat)
            return self._call(node, kind, slot.name)
        right = f'{{"{OP}": "{node.value}"}}' if isinstance(node, json.String) and node.value in names(kind) else None
        return self._wrong(node, slot.name, f"{with_article(kind.kind)} as an object with `{OP}`", right)

    def _call(
        self, node: json.Object, kind: type[Entry], owner: str, others: Sequence[str] = ()
    ) -> tree.Call | tree.Constant:
        """The call that an object with `op` stands for; `others` are keys that are no arguments."""
        function = node.get(OP)
        if function is None:
            self.problems.add(MissingArgument(node.span, owner, OP, f"the name of {with_article(kind.kind)}", "key"))
            return tree.Constant(node.span, None)
        if not isinstance(function, json.String):
            return self._wrong(function, OP, f"the name of {with_article(kind.kind)}")
        name = tree.Name(function.inner, function.value)
        entry = find(kind, name.id)
        # the arguments of what doesn't exist aren't looked at
        members = [member for member in _members(node) if member.key.value not in (OP, *others)] if entry else []
        remarks = read_remarks(node, Problems()).at
        for member in members:
            self._remark(member.span, remarks.get(member.key.value, Remarks()).flat)
        fields = slots(entry) if entry else {}
        arguments = tuple(
            tree.Argument(member.span, tree.Name(member.key.inner, key), self._field(fields.get(key), member))
            for member in members
            for key in (member.key.value,)
        )
        return tree.Call(node.span, name, arguments)

    # ---- values ----

    def _text(self, slot: Slot, node: json.Value) -> tree.Expression:
        if isinstance(node, json.String):
            return tree.Text(node.span, node.value)
        if isinstance(node, json.Object) and [member.key.value for member in node.members] == [EXPRESSION]:
            expression = node.members[0].value
            if isinstance(expression, json.String):
                return self._expression(expression)
        return self._plain(node, slot.name, slot.words)

    def _plain(self, node: json.Value, name: str, words: str) -> tree.Expression:
        match node:
            case json.String():
                return self._expression(node)
            case json.Number(text=text) if text.startswith("-"):
                digits = node.span.source.span(node.span.start + 1, node.span.end)
                return tree.Unary(node.span, "-", tree.Number(digits, text[1:]))
            case json.Number(text=text):
                return tree.Number(node.span, text)
            case json.Literal(value=value):
                return tree.Constant(node.span, value)
            case json.Array(items=items):
                return tree.List(node.span, tuple(self._plain(item, name, words) for item in items))
            case _:
                return self._wrong(node, name, words)

    def _expression(self, node: json.String) -> tree.Expression:
        return parse_expression(_Text(node), self.problems) or tree.Constant(node.span, None)

    def _name(self, node: json.Value, what: str) -> tree.Name:
        """A name that the other form could have too."""
        if not isinstance(node, json.String):
            self._wrong(node, what, "a name")
            return tree.Name(node.span, "_")
        if not NAME.fullmatch(node.value) or node.value in _reserved():
            self._wrong(node, what, "a name")
        elif len(node.value) > NAME_LIMIT:
            self.problems.add(TooLong(node.span, "name", NAME_LIMIT))
        return tree.Name(node.inner, node.value)

    def _wrong(self, node: json.Value, name: str, expected: str, right: str | None = None) -> tree.Constant:
        """Report a value that the tree can't hold, and give one to stand in its place."""
        self.problems.add(WrongValue(node.span, name, expected, json.found(node), right))
        return tree.Constant(node.span, None)

    def is_object(self, node: json.Value, name: str) -> TypeGuard[json.Object]:
        if not isinstance(node, json.Object):
            self._wrong(node, name, "an object")
        return isinstance(node, json.Object)

    # ---- comments ----

    def _remark(self, bearer: Span, comments: tree.Comments) -> None:
        """Add to what is said about a node. It can have one comment behind it; a further one goes before it."""
        known = self.comments.get(bearer, tree.Comments())
        spare = (comments.after,) if comments.after and known.after else ()
        together = tree.Comments(
            before=(*known.before, *comments.before, *spare),
            after=known.after or comments.after,
            inside=(*known.inside, *comments.inside),
        )
        if together != tree.Comments():
            self.comments[bearer] = together

    def _lift(self, steps: Sequence[tree.Step], bearer: Span) -> None:
        """What stands before the first step or behind the last one belongs to the whole."""
        for span, part in ((steps[0].span, "before"), (steps[-1].span, "after")):
            known = self.comments.pop(span, tree.Comments())
            none = tree.Comments()
            self._remark(bearer, replace(none, **{part: getattr(known, part)}))
            self._remark(span, replace(known, **{part: getattr(none, part)}))


NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@cache
def _reserved() -> frozenset[str]:
    """The words that the grammar keeps for itself."""
    return frozenset(terminal.pattern.value for terminal in grammar().terminals if terminal.pattern.type == "str")


def _members(node: json.Object) -> tuple[json.Member, ...]:
    return tuple(member for member in node.members if member.key.value != COMMENT)
