"""Lookup of a place in a spec: its token, what that is and what it refers to, its value and its shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from netspec.catalogue.entry import Entry, find
from netspec.catalogue.sections import MODEL, Section
from netspec.catalogue.slots import Slot
from netspec.checker.names.declarations import INPUT
from netspec.checker.names.index import Declared, Index, Unknown
from netspec.checker.names.scope import head_of
from netspec.checker.network.known import BUILT_IN
from netspec.checker.tokens import Lexical, Token
from netspec.immutable import immutable
from netspec.lang import tree
from netspec.shapes import Shape
from netspec.source import Span

Kind = Lexical | Declared | Literal["argument", "constant", "entry", "key", "operation", "section", "size", "unit"]
"""What a token is. `entry` is the name of one of the catalogue, `operation` one that the language itself has, `size` a
part of a value behind a dot; a `name` stands for itself, or it isn't known what for."""

FUNCTIONS = (*BUILT_IN, "min", "max", "uniform", "log")


@immutable
class Found:
    """A token and what is known of it.

    `declares` says that a name is given its meaning here, and `target` where it is given it, which may be in another
    file. `entry` is the entry of the catalogue that is named, or the one whose `field` is named or given a value;
    `path` is the setting's. `value` is Unknown if there is none that is known, and `shape` None; of a step, the name
    of its operation and its label have the shape of its output.
    """

    span: Span
    kind: Kind
    declares: bool = False
    target: Span | None = None
    entry: type[Entry] | None = None
    field: Slot | None = None
    path: str | None = None
    value: Any = Unknown.UNKNOWN
    shape: Shape | None = None


def find_at(token: Token, offset: int, spec: tree.Tree, index: Index, sections: Mapping[str, Section]) -> Found:
    """What the token at an offset is."""
    plain = Found(token.span, token.kind)
    if token.kind in ("comment", "stray"):
        return plain
    # in the strings of JSON stand names and expressions
    inside = min(max(offset, token.span.start + 1), token.span.end - 1) if token.kind == "text" else token.span.start
    nodes = list(_nodes_at(spec.body, inside))
    finder = _Finder(plain, nodes, index, sections)
    return finder.find(inside)


def _nodes_at(node: tree.Node, offset: int) -> Iterator[tree.Node]:
    """The nodes around an offset, the outermost first."""
    inner: tree.Node | None = node
    while inner is not None:
        yield inner
        inner = next((child for child in tree.children(inner) if child.span.start <= offset < child.span.end), None)


class _Finder:
    """Finds out what a token is from the nodes around it, the outermost first, and the index."""

    def __init__(self, plain: Found, nodes: Sequence[tree.Node], index: Index, sections: Mapping[str, Section]) -> None:
        self.plain = plain
        self.nodes = nodes
        self.index = index
        self.sections = sections

    def find(self, offset: int) -> Found:
        node, parent = self.nodes[-1], self.nodes[-2] if len(self.nodes) > 1 else None
        match node:
            case tree.Name():
                return self._name(node, parent, offset)
            case tree.Label():
                return replace(self.plain, kind="label", declares=True, target=node.span, shape=self._step_shape())
            case tree.Number():
                return self._valued("number", node.value)
            case tree.Text():
                is_file = isinstance(parent, tree.Extension | tree.Import)
                return replace(self._valued("file" if is_file else "text", node.value), target=self._target(node.span))
            case tree.Constant():
                return self._valued("constant", node.value)
            case tree.Quantity(unit=unit):
                return self._valued("unit", unit)
            case _ if self.plain.kind == "operator":
                return self._valued("operator", self.index.values.get(node.span, Unknown.UNKNOWN), node.span)
            case _:
                return self.plain

    # ---- names ----

    def _name(self, node: tree.Name, parent: tree.Node | None, offset: int) -> Found:
        match parent:
            case tree.Setting(names=names) if any(node is name for name in names):
                return self._key(node) if self._section() not in (None, MODEL) else self._declared(node, "value")
            case tree.Argument(name=name) if node is name:
                return self._argument(node)
            case tree.Param(name=name) if node is name:
                return self._declared(node, "param")
            case tree.Block(name=name) if node is name:
                return self._declared(node, "block")
            case tree.Parameter(name=name) if node is name:
                return self._declared(node, "parameter")
            case tree.Loop(variable=name) if node is name:
                return self._declared(node, "variable")
            case tree.Import():
                return replace(self._declared(node, "name"), target=self._target(node.span))
            case _ if self._is_head(node):
                section = find(Section, node.id)
                value = self.sections.get(node.id, Unknown.UNKNOWN)
                return replace(self.plain, kind="section", entry=section, value=value)
            case _:
                return self._use(node, offset)

    def _declared(self, node: tree.Name, kind: Declared) -> Found:
        """A name that is given its meaning here."""
        target = self._target(node.span)
        kind = self.index.declared.get(target, kind) if target is not None else kind
        value = self.index.values.get(node.span, Unknown.UNKNOWN)
        shape = self._shape(node.span)
        return replace(self.plain, kind=kind, declares=True, target=node.span, value=value, shape=shape)

    def _key(self, node: tree.Name) -> Found:
        return replace(self._with_field(node.span), kind="key", value=self._assigned(node.span))

    def _argument(self, node: tree.Name) -> Found:
        """The name of an argument: a field of an entry, or a parameter of a block."""
        found, target = self._with_field(node.span), self._target(node.span)
        if target is None:
            return replace(found, kind="argument", value=self._assigned(node.span))
        return replace(
            found, kind="argument", target=target, value=self._value(node.span), shape=self._shape(node.span)
        )

    def _use(self, node: tree.Name, offset: int) -> Found:
        """A name that means something else: an entry, what is declared somewhere, or itself."""
        head = head_of(node, node.id.partition(".")[0])
        # the name of a network of the zoo means something as a whole
        target = self._target(head) or self._target(node.span)
        entry = self.index.entries.get(node.span)
        found = self._with_field(node.span)
        if self._target(head) is not None and offset >= head.end:
            return replace(found, kind="size", value=self._value(node.span), shape=self._shape(node.span))
        if target is not None:
            kind = self.index.declared.get(target, "name")
            shape = self._shape(head) or self._step_shape()
            return replace(found, kind=kind, target=target, value=self._value(head), shape=shape)
        if entry is not None:
            value = self._value(node.span)
            return replace(self.plain, kind="entry", entry=entry, value=value, shape=self._step_shape())
        if node.id.partition(".")[0] == INPUT:
            part = offset >= head.end
            span = node.span if part else head
            return replace(found, kind="size" if part else "input", value=self._value(span), shape=self._shape(span))
        if node.id in FUNCTIONS:
            return replace(self.plain, kind="operation", value=self._call_value(), shape=self._step_shape())
        value = self._value(node.span)
        if value is Unknown.UNKNOWN and found.field is not None:
            value = self.index.assigned.get(node.span, node.id)
        return replace(found, kind="name", value=value)

    # ---- facts ----

    def _valued(self, kind: Kind, value: Any, span: Span | None = None) -> Found:
        found = self._with_field(self.nodes[-1].span)
        return replace(found, kind=kind, value=value, shape=self._shape(span) if span is not None else None)

    def _with_field(self, span: Span) -> Found:
        """The token with the field that it is for, or what stands around it, up to the argument or the setting."""
        for node in reversed(self.nodes):
            if isinstance(node, tree.Argument | tree.Setting) and span != self.nodes[-1].span:
                break
            if (found := self.index.fields.get(node.span)) is not None:
                path = None if found.path.startswith(f"{MODEL}.") else found.path
                return replace(self.plain, entry=found.entry, field=found.slot, path=path)
            if isinstance(node, tree.Argument | tree.Setting):
                break
        return self.plain

    def _assigned(self, span: Span) -> Any:
        return self.index.assigned.get(span, Unknown.UNKNOWN)

    def _value(self, span: Span) -> Any:
        return self.index.values.get(span, Unknown.UNKNOWN)

    def _call_value(self) -> Any:
        """The value of the call whose function is named."""
        call = self.nodes[-2] if len(self.nodes) > 1 else self.nodes[-1]
        return self._value(call.span) if isinstance(call, tree.Call) else Unknown.UNKNOWN

    def _shape(self, span: Span) -> Shape | None:
        shape = self.index.shapes.get(span)
        return shape if isinstance(shape, Shape) else None

    def _step_shape(self) -> Shape | None:
        """The shape of what the operation gives whose name or label this is."""
        for node in reversed(self.nodes):
            if isinstance(node, tree.Argument | tree.Setting | tree.Line):
                break
            if node.span in self.index.shapes:
                return self._shape(node.span)
        return None

    def _target(self, span: Span) -> Span | None:
        """Where a name is declared in the end: what is imported, in the other file."""
        target = self.index.targets.get(span)
        while target is not None and (further := self.index.targets.get(target, target)) != target:
            target = further
        return target

    def _section(self) -> str | None:
        """The section in which the token stands."""
        line = self.nodes[1] if len(self.nodes) > 1 else None
        if not isinstance(line, tree.Line) or line.section is None:
            return None
        head = line.section[0]
        return head.id if isinstance(head, tree.Name) else head.function.id

    def _is_head(self, node: tree.Name) -> bool:
        """Whether a name is that of a section."""
        line = self.nodes[1] if len(self.nodes) > 1 else None
        if not isinstance(line, tree.Line) or line.section is None:
            return False
        head = line.section[0]
        return node is head or (isinstance(head, tree.Call) and node is head.function)
