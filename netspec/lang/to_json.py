"""The tree to the JSON form: the same spec, comments included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from json import dumps
from typing import Any

from netspec.catalogue.entry import Entry, find, names
from netspec.catalogue.layers import Layer
from netspec.catalogue.sections import Section
from netspec.catalogue.slots import Slot, slots
from netspec.diagnostics import did_you_mean
from netspec.lang import tree
from netspec.lang.arguments import count_inputs
from netspec.lang.canonical import MODEL, canonical
from netspec.lang.from_json import (
    ASSERT,
    BE,
    BLOCKS,
    BODY,
    DEFAULT,
    EDITION,
    ELSE,
    EXPRESSION,
    EXTENDS,
    FILE,
    FOR,
    FROM,
    IF,
    IMPORT,
    IN,
    INPUTS,
    LABEL,
    LET,
    NAME,
    OP,
    OR,
    PARAMETERS,
    PARAMS,
    REPEAT,
    RESIDUAL,
    SCHEMA,
    SHAPE,
    THEN,
    VALUE,
)
from netspec.lang.json_text import NUMBER
from netspec.lang.printer import expression
from netspec.lang.remarks import COMMENT, Remarks, write_remarks
from netspec.problems import NetspecError
from netspec.problems.names import Misplaced, UnknownArgument, UnknownKey, UnknownOperation
from netspec.problems.values import UnexpectedPosition, WrongValue
from netspec.wording import with_article

WIDTH = 100
INDENT = "  "
SCHEMA_ID = "urn:netspec:schema:1"
NOTHING = tree.Comments()
APART = tree.Line | tree.Block
"""What has an empty line around it at the top of a file."""


class _Number(str):
    """A number as it was written, which JSON has in the same words."""


def to_json(spec: tree.Tree) -> str:
    """The JSON form of a spec. Raises NetspecError at the first name that the catalogue doesn't know."""
    return _layout(_Writer(canonical(spec)).file()) + "\n"


def entry_to_json(call: tree.Expression, kind: type[Entry]) -> str:
    """The JSON form of one entry, as the other form writes it."""
    source = call.span.source
    return _flat(_Writer(tree.Tree(source, tree.Body(call.span, ()))).entry(call, kind))


class _Writer:
    """Builds objects and lists; what has a `$comment` of its own holds it, what hasn't is in the `at` around it."""

    def __init__(self, spec: tree.Tree) -> None:
        self.spec = spec
        self.comments = spec.comments

    # ---- the file ----

    def file(self) -> dict[str, Any]:
        members: dict[str, Any] = {}
        at: dict[str, Remarks] = {}
        on_params: dict[str, Remarks] = {}
        on_assertions: dict[str, Remarks] = {}
        for statement, remarks in zip(self.spec.statements, self._on_statements(), strict=True):
            match statement:
                case tree.Edition(number=number):
                    members[EDITION], at[EDITION] = self._plain(number), remarks
                case tree.Extension(file=file):
                    members[EXTENDS], at[EXTENDS] = file.value, remarks
                case tree.Import(file=file, names=known):
                    item = {FILE: file.value, IMPORT: [name.id for name in known]}
                    members.setdefault(FROM, []).append(_remarked(item, remarks))
                case tree.Param(name=name):
                    members.setdefault(PARAMS, {})[name.id], on_params[name.id] = self._param(statement), remarks
                case tree.Block(name=name):
                    members.setdefault(BLOCKS, {})[name.id] = self._block(statement, remarks)
                case tree.Assertion(condition=condition):
                    texts = members.setdefault(ASSERT, [])
                    on_assertions[str(len(texts))] = remarks
                    texts.append(expression(condition))
                case tree.Line() if statement.section:
                    members |= self._section(*statement.section, remarks, at)
                case _:
                    raise _misplaced(statement, "this has no place at the top of a spec")
        if PARAMS in members:
            members[PARAMS] = _remarked(members[PARAMS], Remarks(at=on_params))
        at[ASSERT] = Remarks(at=on_assertions)
        inside = self._of(self.spec.body).inside
        return {SCHEMA: SCHEMA_ID, **_remarked(members, Remarks(self._head(), inside=inside, at=at))}

    def _head(self) -> tuple[str, ...]:
        """What stands before the first statement is about the file."""
        return self._of(self.spec.statements[0]).before if self.spec.statements else ()

    def _on_statements(self) -> Iterator[Remarks]:
        """The remarks on each statement at the top, without the empty lines that the printer puts there by itself."""
        last: tree.Statement | None = None
        for statement in self.spec.statements:
            before = self._of(statement).before
            apart = isinstance(last, tree.Edition | APART) or isinstance(statement, APART)
            before = () if last is None else before[1:] if apart and before[:1] == ("",) else before
            inner = () if isinstance(statement, APART) else self._within(statement)
            yield Remarks((*before, *inner), self._of(statement).after)
            last = statement

    def _param(self, statement: tree.Param) -> Any:
        value = self._plain(statement.value)
        return value if statement.domain is None else {VALUE: value, IN: expression(statement.domain)}

    def _block(self, block: tree.Block, remarks: Remarks) -> dict[str, Any]:
        parameters = [
            item.name.id if item.default is None else {NAME: item.name.id, DEFAULT: self._plain(item.default)}
            for item in block.parameters
        ]
        takes = {PARAMETERS: parameters} if parameters else {}
        return _remarked({**takes, BODY: self._lines(block.body)}, self._around(remarks, block.body))

    def _section(
        self, head: tree.Name | tree.Call, body: tree.Body, remarks: Remarks, at: dict[str, Remarks]
    ) -> dict[str, Any]:
        """The key and the value of a section. A list can't hold its own remarks: they go to `at`."""
        name = head if isinstance(head, tree.Name) else head.function
        around = self._around(remarks, body)
        if name.id == MODEL:
            lines = self._lines(body)
            if isinstance(head, tree.Call):
                inputs = [expression(item.value) for item in head.arguments]
                return {MODEL: _remarked({INPUTS: inputs, BODY: lines}, around)}
            at[MODEL] = around
            return {MODEL: lines}
        section = _resolve(Section, name)
        on_settings: dict[str, Remarks] = {}
        values: dict[str, Any] = {}
        for item in body.statements:
            if not isinstance(item, tree.Setting):
                raise _misplaced(item, f"`{name.id}` holds settings: key = value")
            slot = _key(section, item.name)
            values[slot.name] = self._field(slot, item.value)
            on_settings[slot.name] = self._on_field(slot, item, item.value)
        return {name.id: _remarked(values, replace(around, at=on_settings))}

    def _around(self, remarks: Remarks, body: tree.Body) -> Remarks:
        """Remarks on what has a body, with those at the body's edges."""
        within = self._of(body)
        inside = (*(text for text in within.before if text), *within.inside)
        return replace(remarks, opening=within.after, inside=inside if not within.before else within.inside)

    # ---- the network ----

    def _lines(self, body: tree.Body) -> list[Any]:
        return [self._statement(statement) for statement in body.statements]

    def _statement(self, statement: tree.Statement) -> Any:
        comments = self._of(statement)
        remarks = Remarks(comments.before, comments.after)
        match statement:
            case tree.Line(pipe=pipe, note=note):
                return self._line(pipe, note, comments)
            case tree.Setting(names=targets, value=value, note=note):
                bound = targets[0].id if len(targets) == 1 else [name.id for name in targets]
                pipe = value if isinstance(value, tree.Pipe) else _pipe(value)
                return _remarked({LET: bound, BE: self._line(pipe, note, NOTHING)}, remarks)
            case tree.Loop(variable=variable, items=items, body=body):
                members = {FOR: variable.id, IN: self._plain(items), BODY: self._lines(body)}
                return _remarked(members, self._around(remarks, body))
            case tree.Branch():
                return self._branch(statement, remarks)
            case _:
                raise _misplaced(statement, "this stands at the top of the file, not in a network")

    def _branch(self, branch: tree.Branch, remarks: Remarks) -> dict[str, Any]:
        members: dict[str, Any] = {IF: expression(branch.condition), THEN: self._lines(branch.then)}
        at = {THEN: self._around(Remarks(), branch.then)}
        match branch.otherwise:
            case tree.Body() as body:
                members[ELSE] = self._lines(body)
                before = tuple(text for text in self._of(body).before if text)
                at[ELSE] = self._around(Remarks(before), body)
            case tree.Branch() as other:
                members[ELSE] = self._branch(other, Remarks())
            case None:
                pass
        return _remarked(members, replace(remarks, at=at))

    def _line(self, pipe: tree.Pipe, note: tree.List | None, whole: tree.Comments) -> Any:
        shape = {SHAPE: self._plain(note)} if note is not None else {}
        steps = pipe.steps
        if len(steps) == 1:
            return self._step(steps[0], whole, shape)
        inner = [self._of(step) for step in steps]
        # the list can't hold the line's own remarks
        inner[0] = replace(inner[0], before=(*whole.before, *inner[0].before))
        inner[-1] = replace(inner[-1], after=whole.after or inner[-1].after)
        last = len(steps) - 1
        return [
            self._step(step, comments, shape if place == last else {})
            for place, (step, comments) in enumerate(zip(steps, inner, strict=True))
        ]

    def _step(self, step: tree.Step, comments: tree.Comments, shape: dict[str, Any]) -> dict[str, Any]:
        label = {LABEL: step.label.id} if step.label else {}
        operation, body = step.operation, step.body
        if body is not None:
            around = self._around(Remarks(comments.before, comments.after), body)
            return _remarked({**self._head_of(operation), **label, BODY: self._lines(body), **shape}, around)
        assert operation is not None and not isinstance(operation, tree.Repeat)
        if _is_layer(operation):
            return {**self.entry(operation, Layer, comments, label), **shape}
        inner = self._within(operation)
        remarks = Remarks((*comments.before, *inner), comments.after)
        return _remarked({VALUE: expression(operation), **label, **shape}, remarks)

    def _head_of(self, operation: tree.Expression | tree.Repeat | None) -> dict[str, Any]:
        """What stands before a body."""
        match operation:
            case None:
                return {}
            case tree.Repeat(count=count):
                return {REPEAT: self._plain(count)}
            case tree.Name(id=name) if name == RESIDUAL:
                return {OP: RESIDUAL}
            case _:
                raise _misplaced(operation, f"`{operation.span.text}` takes no body")

    # ---- entries ----

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
        function = node if isinstance(node, tree.Name) else node.function
        entry = _resolve(kind, function)
        values: dict[str, Any] = {OP: function.id, **(label or {})}
        on_arguments: dict[str, Remarks] = {}
        arguments = node.arguments if isinstance(node, tree.Call) else ()
        count = count_inputs(arguments, entry) if issubclass(entry, Layer) else 0
        if count:
            values[INPUTS] = [expression(item.value) for item in arguments[:count]]
            on_arguments[INPUTS] = Remarks(tuple(text for item in arguments[:count] for text in self._said(item)))
        for index, argument in enumerate(arguments[count:]):
            slot = _parameter(entry, argument, index)
            values[slot.name] = self._field(slot, argument.value)
            on_arguments[slot.name] = self._on_field(slot, argument, argument.value)
        return _remarked(values, Remarks(comments.before, comments.after, at=on_arguments))

    def _entries(self, slot: Slot, kind: type[Entry], node: tree.Expression) -> Any:
        """One entry, or several as the field has them."""
        match node:
            case tree.Constant(value=None):
                return None
            case tree.Group(inner=inner):
                return self._entries(slot, kind, inner)
            case tree.Binary(operator="or") if slot.form == "alternatives":
                return {OR: [self.entry(item, kind) for item in _alternatives(node)]}
            case tree.Pipe(steps=steps) if slot.form == "pipe":
                return [self.entry(_expression(step), kind, self._of(step)) for step in steps]
            case tree.List(items=items) if slot.form in ("list", "pipe"):
                return [self.entry(item, kind) for item in items]
            case _:
                return self.entry(node, kind)

    # ---- values ----

    def _field(self, slot: Slot, node: tree.Expression) -> Any:
        if slot.kind is not None:
            return self._entries(slot, slot.kind, node)
        if slot.text and isinstance(node, tree.Text):
            return node.value
        if slot.text and not isinstance(node, tree.Constant):
            return {EXPRESSION: expression(node)}
        return self._plain(node)

    def _plain(self, node: tree.Expression) -> Any:
        """A number, a flag or a list of them as JSON has it, all else as the text of the expression."""
        match node:
            case tree.Constant(value=value):
                return value
            case tree.List(items=items):
                return [self._plain(item) for item in items]
            case tree.Number() | tree.Unary(operator="-", operand=tree.Number()):
                text = expression(node)
                return _Number(text) if NUMBER.fullmatch(text) else text
            case _:
                return expression(node)

    # ---- comments ----

    def _of(self, node: tree.Node) -> tree.Comments:
        return self.comments.get(node.key, NOTHING)

    def _on_field(self, slot: Slot, bearer: tree.Node, value: tree.Expression) -> Remarks:
        """The remarks on a setting or an argument. Entries hold the remarks within them, a text can't."""
        spare = self._within(value) if slot.kind is None else ()
        comments = self._of(bearer)
        return Remarks((*comments.before, *spare), comments.after)

    def _said(self, node: tree.Node) -> tuple[str, ...]:
        """All comments on a node and within it."""
        comments = self._of(node)
        return (*filter(None, comments.before), *filter(None, [comments.after]), *self._within(node))

    def _within(self, node: tree.Node) -> tuple[str, ...]:
        """The comments inside of an expression that becomes a text: they go before it, so that nothing is lost."""
        found: list[str] = []
        for part in _parts(node):
            comments = self._of(part)
            found += [*filter(None, comments.before), *filter(None, [comments.after])]
        return tuple(found)


def _pipe(value: tree.Expression) -> tree.Pipe:
    return tree.Pipe(value.span, (tree.Step(value.span, None, value),))


def _expression(step: tree.Step) -> tree.Expression | None:
    return None if isinstance(step.operation, tree.Repeat) else step.operation


def _is_layer(node: tree.Expression) -> bool:
    """Whether an expression is a call of something in the catalogue."""
    function = node.function if isinstance(node, tree.Call) else node
    return isinstance(function, tree.Name) and function.id in names(Layer)


def _resolve(kind: type[Entry], name: tree.Name) -> type[Entry]:
    entry = find(kind, name.id)
    if entry is None:
        known = names(kind)
        problem = UnknownOperation(name.span, name.id, kind.kind, did_you_mean(name.id, known), known)
        raise NetspecError.of(problem)
    return entry


def _key(section: type[Entry], name: tree.Name) -> Slot:
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


def _misplaced(node: tree.Node, message: str) -> NetspecError:
    return NetspecError.of(Misplaced(node.span, message))


def _alternatives(node: tree.Expression) -> Iterator[tree.Expression]:
    match node:
        case tree.Binary(operator="or", left=left, right=right):
            yield from _alternatives(left)
            yield from _alternatives(right)
        case tree.Group(inner=inner):
            yield from _alternatives(inner)
        case _:
            yield node


def _parts(node: tree.Node) -> Iterator[tree.Node]:
    """The nodes inside of a node that can bear comments."""
    for field in fields(node):
        value = getattr(node, field.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, tree.Argument | tree.Step):
                yield part
            if isinstance(part, tree.Node):
                yield from _parts(part)


def _remarked(members: Mapping[str, Any], remarks: Remarks) -> dict[str, Any]:
    """An object with what is said about it; `op` stays first, so that a reader sees what it is."""
    comment = write_remarks(remarks)
    if comment is None:
        return dict(members)
    head = {OP: members[OP]} if OP in members else {}
    return {**head, COMMENT: comment, **members}


# ---- layout ----


def _layout(value: Any, depth: int = 0, used: int = 0) -> str:
    """A value on one line where it fits behind the `used` characters, else an item a line.

    The file and its sections have an item a line in any case, so that a change of one is a change of its line.
    """
    flat = _flat(value)
    several = isinstance(value, dict | list) and len(value) > 1
    if not (several and depth < 2) and depth > 0 and used + len(flat) < WIDTH:
        return flat
    inner = INDENT * (depth + 1)
    match value:
        case dict():
            keys = [f"{inner}{_string(key)}: " for key in value]
            texts = [key + _layout(item, depth + 1, len(key)) for key, item in zip(keys, value.values(), strict=True)]
            brackets = "{}"
        case list():
            texts = [inner + _layout(item, depth + 1, len(inner)) for item in value]
            brackets = "[]"
        case _:
            return flat
    lines = ",\n".join(texts)
    return f"{brackets[0]}\n{lines}\n{INDENT * depth}{brackets[1]}" if texts else brackets


def _flat(value: Any) -> str:
    match value:
        case dict():
            return f"{{{', '.join(f'{_string(key)}: {_flat(item)}' for key, item in value.items())}}}"
        case list():
            return f"[{', '.join(map(_flat, value))}]"
        case _Number():
            return str(value)
        case _:
            return _string(value)


def _string(value: Any) -> str:
    return dumps(value, ensure_ascii=False)
