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
from netspec.lang.arguments import count_inputs
from netspec.lang.builder import as_expression
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
EXTENDS, FROM, FILE, IMPORT = "extends", "from", "file", "import"
BLOCKS, PARAMETERS, NAME, DEFAULT = "blocks", "parameters", "name", "default"
OP, LABEL, BODY, INPUTS, SHAPE, OR, EXPRESSION = "op", "label", "body", "inputs", "shape", "or", "$"
VALUE, LET, BE, IF, THEN, ELSE, FOR, IN, REPEAT = "value", "let", "be", "if", "then", "else", "for", "in", "repeat"
RESIDUAL = "residual"
FORMS = {
    VALUE: (VALUE, LABEL, SHAPE),
    REPEAT: (REPEAT, LABEL, BODY, SHAPE),
    BODY: (LABEL, BODY, SHAPE),
}
"""The steps that aren't operations of the catalogue, by the key that tells them, with all of their keys."""
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
            case "extends":
                self._remark(member.span, remarks.flat)
                yield tree.Extension(member.span, self._file(value, EXTENDS))
            case "from":
                yield from self._imports(value)
            case "params":
                yield from self._params(value, remarks)
            case "blocks":
                yield from self._blocks(value)
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
            yield self._param(member, name)

    def _param(self, member: json.Member, name: tree.Name) -> tree.Param:
        """A param by its value, or by an object with the values that it may take."""
        node = member.value
        if not isinstance(node, json.Object):
            return tree.Param(member.span, name, self._plain(node, member.key.value, "a value"))
        self._remark(member.span, read_remarks(node, self.problems).flat)
        self._closed(node, (VALUE, IN), name.id)
        parts = [self._plain(self._needed(node, key, name.id), key, "a value") for key in (VALUE, IN)]
        return tree.Param(member.span, name, *parts)

    def _file(self, node: json.Value, key: str) -> tree.Text:
        if isinstance(node, json.String):
            return tree.Text(node.span, node.value)
        self._wrong(node, key, "the path of a file")
        return tree.Text(node.span, "")

    def _imports(self, node: json.Value) -> Iterator[tree.Statement]:
        for item in self._items(node, FROM, "a list of imports"):
            if not self.is_object(item, FROM):
                continue
            self._remark(item.span, read_remarks(item, self.problems).flat)
            self._closed(item, (FILE, IMPORT), FROM)
            file = self._file(self._needed(item, FILE, FROM), FILE)
            wanted = self._items(self._needed(item, IMPORT, FROM), IMPORT, "a list of names")
            yield tree.Import(item.span, file, tuple(self._name(name, IMPORT) for name in wanted))

    def _blocks(self, node: json.Value) -> Iterator[tree.Statement]:
        if not self.is_object(node, BLOCKS):
            return
        for member in _members(node):
            value = member.value
            if not self.is_object(value, member.key.value):
                continue
            remarks = read_remarks(value, self.problems)
            self._remark(member.span, remarks.around)
            self._closed(value, (PARAMETERS, BODY), BLOCKS)
            given = value.get(PARAMETERS)
            items = self._items(given, PARAMETERS, "a list of names") if given is not None else ()
            body = self._body(self._needed(value, BODY, BLOCKS), BODY, remarks)
            name = self._name(member.key, "block")
            yield tree.Block(member.span, name, tuple(map(self._parameter, items)), body)

    def _parameter(self, node: json.Value) -> tree.Parameter:
        if not isinstance(node, json.Object):
            return tree.Parameter(node.span, self._name(node, PARAMETERS))
        self._closed(node, (NAME, DEFAULT), PARAMETERS)
        name = self._name(self._needed(node, NAME, PARAMETERS), NAME)
        return tree.Parameter(node.span, name, self._plain(self._needed(node, DEFAULT, NAME), DEFAULT, "a value"))

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
        head: tree.Name | tree.Call = tree.Name(member.key.inner, name)
        if name == MODEL and isinstance(value, json.Object):
            head, body = self._model(head, value, member.span)
        else:
            self._remark(member.span, remarks.around)
            body = self._section_body(member, remarks)
        step = tree.Step(member.span, None, head, body)
        return tree.Line(member.span, tree.Pipe(member.span, (step,)))

    def _model(self, head: tree.Name, node: json.Object, bearer: Span) -> tuple[tree.Call, tree.Body]:
        """A model that names its inputs."""
        remarks = read_remarks(node, self.problems)
        self._remark(bearer, remarks.around)
        self._closed(node, (INPUTS, BODY), MODEL)
        names = [self._name(item, INPUTS) for item in self._items(self._needed(node, INPUTS, MODEL), INPUTS, "names")]
        arguments = tuple(tree.Argument(name.span, None, name) for name in names)
        return tree.Call(head.span, head, arguments), self._body(self._needed(node, BODY, MODEL), BODY, remarks)

    def _section_body(self, member: json.Member, remarks: Remarks) -> tree.Body:
        name, value = member.key.value, member.value
        if name == MODEL:
            return self._body(value, MODEL, remarks)
        interior = tree.Interior.of(value.span)
        self._remark(interior, remarks.within)
        statements: tuple[tree.Statement, ...] = ()
        section = find(Section, name)
        # what is in a section that doesn't exist isn't looked at
        if section is not None and self.is_object(value, name):
            inner = read_remarks(value, self.problems)
            self._remark(member.span, inner.around)
            self._remark(interior, inner.within)
            fields, at = slots(section), inner.at
            statements = tuple(
                self._setting(item, fields, at.get(item.key.value, Remarks())) for item in _members(value)
            )
        return tree.Body(value.span, statements)

    def _setting(self, member: json.Member, fields: Mapping[str, Slot], remarks: Remarks) -> tree.Setting:
        name = tree.Name(member.key.inner, member.key.value)
        self._remark(member.span, remarks.flat)
        return tree.Setting(member.span, (name,), self._field(fields.get(name.id), member))

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

    def _body(self, node: json.Value, name: str, remarks: Remarks) -> tree.Body:
        """A list of lines; the remarks are those on what the body belongs to."""
        self._remark(tree.Interior.of(node.span), remarks.within)
        items = self._items(node, name, "a list of operations")
        statements = (self._statement(item) for item in items)
        return tree.Body(node.span, tuple(statement for statement in statements if statement is not None))

    def _statement(self, node: json.Value) -> tree.Statement | None:
        if isinstance(node, json.Object):
            for key, read in ((LET, self._let), (IF, self._branch), (FOR, self._loop)):
                if node.get(key) is not None:
                    return read(node)
        pipe, note = self._pipe(node, node.span)
        return tree.Line(pipe.span, pipe, note) if pipe.steps else None

    def _let(self, node: json.Object) -> tree.Statement:
        self._remark(node.span, read_remarks(node, self.problems).flat)
        self._closed(node, (LET, BE), LET)
        targets = self._needed(node, LET, LET)
        names = targets.items if isinstance(targets, json.Array) else (targets,)
        value = self._needed(node, BE, LET)
        pipe, note = self._pipe(value, value.span)
        return tree.Setting(node.span, tuple(self._name(item, LET) for item in names), as_expression(pipe), note)

    def _loop(self, node: json.Object) -> tree.Statement:
        remarks = read_remarks(node, self.problems)
        self._remark(node.span, remarks.around)
        self._closed(node, (FOR, IN, BODY), FOR)
        variable = self._name(self._needed(node, FOR, FOR), FOR)
        items = self._plain(self._needed(node, IN, FOR), IN, "a list or a range")
        return tree.Loop(node.span, variable, items, self._body(self._needed(node, BODY, FOR), BODY, remarks))

    def _branch(self, node: json.Object) -> tree.Branch:
        remarks = read_remarks(node, self.problems)
        self._remark(node.span, remarks.around)
        self._closed(node, (IF, THEN, ELSE), IF)
        condition = self._plain(self._needed(node, IF, IF), IF, "a condition")
        then = self._body(self._needed(node, THEN, IF), THEN, remarks.at.get(THEN, Remarks()))
        other = node.get(ELSE)
        if other is None:
            return tree.Branch(node.span, condition, then)
        if isinstance(other, json.Object) and other.get(IF) is not None:
            return tree.Branch(node.span, condition, then, self._branch(other))
        at = remarks.at.get(ELSE, Remarks())
        body = self._body(other, ELSE, at)
        self._remark(body.key, tree.Comments(before=at.before))
        return tree.Branch(node.span, condition, then, body)

    def _pipe(self, node: json.Value, bearer: Span) -> tuple[tree.Pipe, tree.List | None]:
        """A line of the network: an operation, or a list of them with an arrow between each two; and its shape."""
        items = node.items if isinstance(node, json.Array) else (node,)
        if not items:
            self._wrong(node, LINE, "at least one operation")
        objects = [item for item in items if self.is_object(item, LINE)]
        steps = tuple(map(self._step, objects))
        if steps:
            self._lift(steps, bearer)
        for item in objects[:-1]:
            if (shape := item.get(SHAPE)) is not None:
                self._wrong(shape, SHAPE, "the shape behind the last operation of a line")
        note = objects[-1].get(SHAPE) if objects else None
        return tree.Pipe(node.span, steps), self._note(note) if note is not None else None

    def _note(self, node: json.Value) -> tree.List | None:
        note = self._plain(node, SHAPE, "a list of sizes")
        if isinstance(note, tree.List):
            return note
        self._wrong(node, SHAPE, "a list of sizes")
        return None

    def _step(self, node: json.Object) -> tree.Step:
        label = node.get(LABEL)
        name = self._label(label) if label is not None else None
        remarks = read_remarks(node, self.problems)
        lines = node.get(BODY)
        if lines is None:
            self._remark(node.span, remarks.flat)
            if (value := node.get(VALUE)) is not None:
                self._closed(node, FORMS[VALUE], VALUE)
                return tree.Step(node.span, name, self._plain(value, VALUE, "an expression"))
            return tree.Step(node.span, name, self._call(node, Layer, LINE, (LABEL, SHAPE)))
        self._remark(node.span, remarks.around)
        body = self._body(lines, BODY, remarks)
        if (count := node.get(REPEAT)) is not None:
            self._closed(node, FORMS[REPEAT], REPEAT)
            repeat = tree.Repeat(count.span, self._plain(count, REPEAT, "a whole number"))
            return tree.Step(node.span, name, repeat, body)
        operation = node.get(OP)
        if isinstance(operation, json.String) and operation.value == RESIDUAL:
            self._closed(node, (OP, *FORMS[BODY]), RESIDUAL)
            return tree.Step(node.span, name, tree.Name(operation.inner, RESIDUAL), body)
        if operation is not None:
            return tree.Step(node.span, name, self._call(node, Layer, LINE, FORMS[BODY]), body)
        self._closed(node, FORMS[BODY], BODY)
        return tree.Step(node.span, name, None, body)

    def _label(self, node: json.Value) -> tree.Label:
        """A name, or a text with names in braces."""
        if isinstance(node, json.String) and "{" in node.value:
            return tree.Label(node.inner, node.value, quoted=True)
        name = self._name(node, LABEL)
        return tree.Label(name.span, name.id)

    def _closed(self, node: json.Object, known: tuple[str, ...], owner: str) -> None:
        """Report keys that an object hasn't."""
        for member in _members(node):
            key = member.key.value
            if key not in known:
                self.problems.add(UnknownKey(member.key.inner, owner, key, did_you_mean(key, known), known))

    def _needed(self, node: json.Object, key: str, owner: str) -> json.Value:
        """The value of a key, or the object itself after reporting that it is missing."""
        value = node.get(key)
        if value is None:
            self.problems.add(MissingArgument(node.span, owner, key, "which it needs", "key"))
            return json.Array(node.span, ())
        return value

    def _items(self, node: json.Value, name: str, words: str) -> tuple[json.Value, ...]:
        if isinstance(node, json.Array):
            return node.items
        self._wrong(node, name, words)
        return ()

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
        own = (OP, *others, *((INPUTS,) if kind is Layer else ()))
        members = [member for member in _members(node) if member.key.value not in own] if entry else []
        remarks = read_remarks(node, Problems()).at
        for member in members:
            self._remark(member.span, remarks.get(member.key.value, Remarks()).flat)
        fields = slots(entry) if entry else {}
        arguments = tuple(
            tree.Argument(member.span, tree.Name(member.key.inner, key), self._field(fields.get(key), member))
            for member in members
            for key in (member.key.value,)
        )
        return tree.Call(node.span, name, (*self._inputs(node, entry, arguments), *arguments))

    def _inputs(
        self, node: json.Object, entry: type[Entry] | None, arguments: tuple[tree.Argument, ...]
    ) -> tuple[tree.Argument, ...]:
        """Values that an operation takes beside the one that flows into it: its leading arguments."""
        given = node.get(INPUTS)
        if given is None or entry is None or not issubclass(entry, Layer):
            return ()
        values = [self._plain(item, INPUTS, "a value of the network") for item in self._items(given, INPUTS, "values")]
        inputs = tuple(tree.Argument(value.span, None, value) for value in values)
        if count_inputs((*inputs, *arguments), entry) != len(inputs):
            self._wrong(given, INPUTS, f'nothing here; put {{"{VALUE}": …}} before the operation')
            return ()
        return inputs

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
        if not PLAIN_NAME.fullmatch(node.value) or node.value in _reserved():
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


PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@cache
def _reserved() -> frozenset[str]:
    """The words that the grammar keeps for itself."""
    return frozenset(terminal.pattern.value for terminal in grammar().terminals if terminal.pattern.type == "str")


def _members(node: json.Object) -> tuple[json.Member, ...]:
    return tuple(member for member in node.members if member.key.value != COMMENT)
