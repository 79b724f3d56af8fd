"""The writer of the JSON form: a tree as JSON text, with its comments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from netspec.catalogue.entry import Entry
from netspec.catalogue.sections import MODEL, Section
from netspec.lang import tree
from netspec.lang.canonical import canonical
from netspec.lang.json.comments import CommentValue
from netspec.lang.json.keys import (
    ASSERT,
    BLOCKS,
    BODY,
    DEFAULT,
    EDITION,
    EXTENDS,
    FILE,
    FROM,
    IMPORT,
    IN,
    INPUTS,
    NAME,
    PARAMETERS,
    PARAMS,
    SCHEMA,
    SCHEMA_ID,
    VALUE,
)
from netspec.lang.json.layout import flat, layout
from netspec.lang.json.write_entries import EntryWriter, commented, key_of, misplaced, name_of, refuse_twice, resolve
from netspec.lang.json.write_network import NetworkWriter
from netspec.lang.text.expressions import expression

APART = tree.Line | tree.Block
"""Statements at the top of a file with an empty line around them."""


def write_json(spec: tree.Tree) -> str:
    """The JSON form of a spec. Raises NetspecError at the first name that the catalogue doesn't know."""
    return layout(_FileWriter(canonical(spec)).file()) + "\n"


def write_entry(call: tree.Expression, kind: type[Entry]) -> str:
    """The JSON form of one entry."""
    return flat(EntryWriter({}).entry(call, kind))


class _FileWriter(NetworkWriter):
    """Builds the object of a file: a key for each section and each kind of declaration."""

    def __init__(self, spec: tree.Tree) -> None:
        super().__init__(spec.comments)
        self.spec = spec

    def file(self) -> dict[str, Any]:
        members: dict[str, Any] = {}
        at: dict[str, CommentValue] = {}
        on_params: dict[str, CommentValue] = {}
        on_assertions: dict[str, CommentValue] = {}
        self._refuse_twice()
        for statement, comment_value in zip(self.spec.statements, self._on_statements(), strict=True):
            match statement:
                case tree.Edition(number=number):
                    members[EDITION], at[EDITION] = self._plain(number), comment_value
                case tree.Extension(file=file):
                    members[EXTENDS], at[EXTENDS] = file.value, comment_value
                case tree.Import(file=file, names=known):
                    item = {FILE: file.value, IMPORT: [name.id for name in known]}
                    members.setdefault(FROM, []).append(commented(item, comment_value))
                case tree.Param(name=name):
                    members.setdefault(PARAMS, {})[name.id], on_params[name.id] = self._param(statement), comment_value
                case tree.Block(name=name):
                    members.setdefault(BLOCKS, {})[name.id] = self._block(statement, comment_value)
                case tree.Assertion(condition=condition):
                    texts = members.setdefault(ASSERT, [])
                    on_assertions[str(len(texts))] = comment_value
                    texts.append(expression(condition))
                case tree.Line(note=None) if statement.section:
                    members |= self._section(*statement.section, comment_value, at)
                case _:
                    raise misplaced(statement, "this has no place at the top of a spec")
        if PARAMS in members:
            members[PARAMS] = commented(members[PARAMS], CommentValue(at=on_params))
        at[ASSERT] = CommentValue(at=on_assertions)
        inside = self._of(self.spec.body).inside
        return {SCHEMA: SCHEMA_ID, **commented(members, CommentValue(self._head(), inside=inside, at=at))}

    def _refuse_twice(self) -> None:
        """Raise NetspecError if a param, a block or a section is given twice."""
        for kind in (tree.Param, tree.Block):
            same = [item for item in self.spec.statements if isinstance(item, kind)]
            refuse_twice(kind.__name__.lower(), ((item.name.id, item.name.span) for item in same))
        sections = [item.section for item in self.spec.statements if isinstance(item, tree.Line)]
        heads = [name_of(section[0]) for section in sections if section is not None]
        refuse_twice("section", ((head.id, head.span) for head in heads))

    def _head(self) -> tuple[str, ...]:
        """The comments before the first statement, which are about the file."""
        return self._of(self.spec.statements[0]).before if self.spec.statements else ()

    def _on_statements(self) -> Iterator[CommentValue]:
        """The comments on each statement at the top, without the empty lines that the formatter inserts by itself."""
        last: tree.Statement | None = None
        for statement in self.spec.statements:
            before = self._of(statement).before
            apart = isinstance(last, tree.Edition | APART) or isinstance(statement, APART)
            before = () if last is None else before[1:] if apart and before[:1] == ("",) else before
            inner = () if isinstance(statement, APART) else self._within(statement)
            yield CommentValue((*before, *inner), self._of(statement).after)
            last = statement

    def _param(self, statement: tree.Param) -> Any:
        value = self._plain(statement.value)
        return value if statement.domain is None else {VALUE: value, IN: self._plain(statement.domain)}

    def _block(self, block: tree.Block, comment_value: CommentValue) -> dict[str, Any]:
        parameters = [
            item.name.id if item.default is None else {NAME: item.name.id, DEFAULT: self._plain(item.default)}
            for item in block.parameters
        ]
        takes = {PARAMETERS: parameters} if parameters else {}
        return commented({**takes, BODY: self._lines(block.body)}, self._around(comment_value, block.body))

    def _section(
        self, head: tree.Name | tree.Call, body: tree.Body, comment_value: CommentValue, at: dict[str, CommentValue]
    ) -> dict[str, Any]:
        """The key and the value of a section. A list can't hold its own comments: they go to `at`."""
        name = name_of(head)
        around = self._around(comment_value, body)
        if name.id == MODEL:
            lines = self._lines(body)
            if isinstance(head, tree.Call):
                inputs = [expression(item.value) for item in head.arguments]
                return {MODEL: commented({INPUTS: inputs, BODY: lines}, around)}
            at[MODEL] = around
            return {MODEL: lines}
        section = resolve(Section, name)
        if isinstance(head, tree.Call):
            raise misplaced(head, f"`{name.id}` takes nothing in parentheses")
        on_settings: dict[str, CommentValue] = {}
        values: dict[str, Any] = {}
        refuse_twice(
            "key", ((item.name.id, item.name.span) for item in body.statements if isinstance(item, tree.Setting))
        )
        for item in body.statements:
            if not isinstance(item, tree.Setting) or item.names[1:] or item.note:
                raise misplaced(item, f"`{name.id}` holds settings: key = value")
            slot = key_of(section, item.name)
            values[slot.name] = self._field(slot, item.value)
            on_settings[slot.name] = self._on_field(slot, item, item.value)
        return {name.id: commented(values, replace(around, at=on_settings))}
