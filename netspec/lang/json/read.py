"""The reader of the JSON form: a file as a tree. It reports wrong structure and leaves the rest to the checker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from netspec.catalogue.entry import find
from netspec.catalogue.sections import MODEL, Section
from netspec.catalogue.slots import Slot, slots
from netspec.lang import tree
from netspec.lang.json import nodes as json
from netspec.lang.json.comments import CommentValue, read_comment
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
    VALUE,
)
from netspec.lang.json.read_network import NetworkReader
from netspec.lang.json.read_values import members_of
from netspec.lang.json.syntax import parse_value
from netspec.problems import Problems
from netspec.source import Source, Span

Child = TypeVar("Child", json.Member, json.Value)
Reader = Callable[[Child], Iterator[tree.Statement]]


def read_json(source: Source, problems: Problems) -> tree.Tree:
    """The tree of a `.net.json` file; syntax errors and wrong structure go to `problems`. Never raises.

    Unknown names and wrong values are in the tree with their spans in the JSON file: the checker reports them as it
    does for the other form. After an error here the tree is incomplete, and the checker would report consequences.
    """
    file = _FileReader(problems)
    document = parse_value(source, problems)
    statements: tuple[tree.Statement, ...] = ()
    if document is not None and file.is_object(document, "a spec"):
        statements = file.statements(document)
    return tree.Tree(source, tree.File.of(source, statements), file.comments)


class _FileReader(NetworkReader):
    """Reads the top of a file: a key for each section and each kind of declaration."""

    def statements(self, document: json.Object) -> tuple[tree.Statement, ...]:
        comment_value = read_comment(document, self.problems)
        statements: list[tree.Statement] = []
        for member in document.members:
            statements += self._top(member, comment_value.at.get(member.key.value, CommentValue()))
        inside = (*filter(None, [comment_value.opening]), *comment_value.inside, *filter(None, [comment_value.after]))
        self._add_comments(tree.File.of(document.span.source, ()).key, tree.Comments(inside=inside))
        if statements:
            self._add_comments(statements[0].span, tree.Comments(before=comment_value.before))
        return tuple(statements)

    def _top(self, member: json.Member, comment_value: CommentValue) -> Iterator[tree.Statement]:
        """The statements for a key at the top; `comment_value` holds the comments on it from the `at` of the file."""
        value = member.value
        match member.key.value:
            case "$comment":
                pass
            case "$schema":
                if not isinstance(value, json.String):
                    self._wrong(value, SCHEMA, "a string")
            case "netspec":
                yield from self._edition(member, comment_value)
            case "extends":
                self._add_comments(member.span, comment_value.flat)
                yield tree.Extension(member.span, self._file(value, EXTENDS))
            case "from":
                yield from self._listed(value, comment_value, FROM, "a list of imports", self._import)
            case "params":
                yield from self._keyed(value, comment_value, PARAMS, self._param)
            case "blocks":
                yield from self._keyed(value, comment_value, BLOCKS, self._block)
            case "assert":
                yield from self._listed(value, comment_value, ASSERT, "a list of strings", self._assertion)
            case _:
                yield self._section(member, comment_value)

    def _listed(
        self, node: json.Value, comment_value: CommentValue, name: str, words: str, read: Reader[json.Value]
    ) -> Iterator[tree.Statement]:
        """A statement for each item of a list. Comments on the whole list go before the first."""
        items = {str(index): item for index, item in enumerate(self._items(node, name, words))}
        yield from self._each(items, comment_value, (), read)

    def _keyed(
        self, node: json.Value, outer: CommentValue, name: str, read: Reader[json.Member]
    ) -> Iterator[tree.Statement]:
        """A statement for each member of an object. Comments on the whole object go before the first."""
        if self.is_object(node, name):
            members = {member.key.value: member for member in members_of(node)}
            yield from self._each(members, read_comment(node, self.problems), outer.texts, read)

    def _each(
        self, children: Mapping[str, Child], comment_value: CommentValue, texts: tuple[str, ...], read: Reader[Child]
    ) -> Iterator[tree.Statement]:
        texts = (*texts, *replace(comment_value, at={}).texts)
        for key, child in children.items():
            self._add_comments(child.span, tree.Comments(before=texts))
            self._add_comments(child.span, comment_value.at.get(key, CommentValue()).flat)
            texts = ()
            yield from read(child)

    # ---- declarations ----

    def _edition(self, member: json.Member, comment_value: CommentValue) -> Iterator[tree.Statement]:
        if isinstance(member.value, json.Number):
            self._add_comments(member.span, comment_value.flat)
            yield tree.Edition(member.span, tree.Number(member.value.span, member.value.text))
        else:
            self._wrong(member.value, EDITION, "the number of an edition")

    def _import(self, node: json.Value) -> Iterator[tree.Statement]:
        if not self.is_object(node, FROM):
            return
        self._add_comments(node.span, self._read_comment(node).flat)
        self._closed(node, (FILE, IMPORT), FROM)
        file = self._file(self._needed(node, FILE, FROM), FILE)
        wanted = self._items(self._needed(node, IMPORT, FROM), IMPORT, "a list of names")
        yield tree.Import(node.span, file, tuple(self._name(name, IMPORT) for name in wanted))

    def _file(self, node: json.Value, key: str) -> tree.Text:
        if isinstance(node, json.String):
            return tree.Text(node.span, node.value)
        self._wrong(node, key, "the path of a file")
        return tree.Text(node.span, "")

    def _param(self, member: json.Member) -> Iterator[tree.Statement]:
        """A param: its value, or an object with its value and its domain."""
        node, name = member.value, self._name(member.key, "param")
        if not isinstance(node, json.Object):
            yield tree.Param(member.span, name, self._plain(node, name.id, "a value"))
            return
        self._add_comments(member.span, self._read_comment(node).flat)
        self._closed(node, (VALUE, IN), name.id)
        parts = [self._plain(self._needed(node, key, name.id), key, "a value") for key in (VALUE, IN)]
        yield tree.Param(member.span, name, *parts)

    def _block(self, member: json.Member) -> Iterator[tree.Statement]:
        node = member.value
        if not self.is_object(node, member.key.value):
            return
        comment_value = self._read_comment(node)
        self._add_comments(member.span, comment_value.around)
        self._closed(node, (PARAMETERS, BODY), BLOCKS)
        given = node.get(PARAMETERS)
        items = self._items(given, PARAMETERS, "a list of names") if given is not None else ()
        parameters = tuple(self._parameter(item, member.span) for item in items)
        body = self._body(self._needed(node, BODY, BLOCKS), BODY, comment_value)
        yield tree.Block(member.span, self._name(member.key, "block"), parameters, body)

    def _parameter(self, node: json.Value, bearer: Span) -> tree.Parameter:
        if not isinstance(node, json.Object):
            return tree.Parameter(node.span, self._name(node, PARAMETERS))
        self._add_comments(bearer, tree.Comments(before=self._read_comment(node).texts))
        self._closed(node, (NAME, DEFAULT), PARAMETERS)
        name = self._name(self._needed(node, NAME, PARAMETERS), NAME)
        return tree.Parameter(node.span, name, self._plain(self._needed(node, DEFAULT, NAME), DEFAULT, "a value"))

    def _assertion(self, node: json.Value) -> Iterator[tree.Statement]:
        if isinstance(node, json.String):
            yield tree.Assertion(node.span, self._expression(node))
        else:
            self._wrong(node, ASSERT, "what holds, as a string")

    # ---- sections ----

    def _section(self, member: json.Member, comment_value: CommentValue) -> tree.Statement:
        """A section as a line, which it is in the other form: its name with a body."""
        name, value = member.key.value, member.value
        head: tree.Name | tree.Call = tree.Name(member.key.inner, name)
        if name == MODEL and isinstance(value, json.Object):
            head, body = self._model(head, value, member.span)
        else:
            self._add_comments(member.span, comment_value.around)
            body = self._section_body(member, comment_value)
        step = tree.Step(member.span, None, head, body)
        return tree.Line(member.span, tree.Pipe(member.span, (step,)))

    def _model(self, head: tree.Name, node: json.Object, bearer: Span) -> tuple[tree.Call, tree.Body]:
        """A model that names its inputs."""
        comment_value = self._read_comment(node)
        self._add_comments(bearer, comment_value.around)
        self._closed(node, (INPUTS, BODY), MODEL)
        names = [self._name(item, INPUTS) for item in self._items(self._needed(node, INPUTS, MODEL), INPUTS, "names")]
        arguments = tuple(tree.Argument(name.span, None, name) for name in names)
        return tree.Call(head.span, head, arguments), self._body(self._needed(node, BODY, MODEL), BODY, comment_value)

    def _section_body(self, member: json.Member, comment_value: CommentValue) -> tree.Body:
        name, value = member.key.value, member.value
        if name == MODEL:
            return self._body(value, MODEL, comment_value)
        interior = tree.Interior.of(value.span)
        self._add_comments(interior, comment_value.within)
        statements: tuple[tree.Statement, ...] = ()
        section = find(Section, name)
        # the contents of an unknown section aren't read
        if section is not None and self.is_object(value, name):
            inner = read_comment(value, self.problems)
            self._add_comments(member.span, inner.around)
            self._add_comments(interior, inner.within)
            fields, at = slots(section), inner.at
            statements = tuple(
                self._setting(item, fields, at.get(item.key.value, CommentValue())) for item in members_of(value)
            )
        return tree.Body(value.span, statements)

    def _setting(self, member: json.Member, fields: Mapping[str, Slot], comment_value: CommentValue) -> tree.Setting:
        name = tree.Name(member.key.inner, member.key.value)
        self._add_comments(member.span, comment_value.flat)
        return tree.Setting(member.span, (name,), self._field(fields.get(name.id), member))
