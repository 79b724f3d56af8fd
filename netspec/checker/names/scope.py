"""Scopes: names and their meanings: params, parameters of blocks, loop variables and values of the network."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from netspec.checker.names.index import Index
from netspec.immutable import immutable
from netspec.lang import tree
from netspec.shapes import Shape
from netspec.source import Span


class Unresolved(Exception):  # noqa: N818 - it ends a branch of a pass, and is never seen outside
    """A value that can't be had, for a reason that is already among the problems."""


@immutable
class Symbol:
    """A name that stands for itself: a choice like `same`, a reference like `validation.loss`."""

    id: str

    def __str__(self) -> str:
        return self.id


@immutable
class Deferred:
    """An operation that a block is given: what was written, and the body in which it was."""

    node: tree.Name | tree.Call
    body: Any


@immutable
class Value:
    """A value that flows through the network, by its number in the graph, with the place it comes from.

    One that can't be had, for a reason that is already among the problems, has no shape.
    """

    number: int
    shape: Shape | None
    span: Span | None

    def sizes(self) -> dict[str, int]:
        """The sizes by the names that a spec may use: `channels`, `features`, `height`, `width`, …"""
        shape = self.shape
        if shape is None or not shape.rank:
            return {}
        spatial = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}.get(shape.rank - 1, ())
        # more dimensions than a volume has have no names
        named = dict(zip(spatial, shape.spatial, strict=False))
        return {"channels": shape.channels, "features": shape.last, **named, "rank": shape.rank}


@immutable
class Record:
    """Several values by their names: what `{ left = …, right = … }` gives."""

    values: dict[str, Any]


VALUELESS = Symbol | Deferred | Record
"""What a name may stand for that is no value to be shown."""


class Flow(Protocol):
    """The network that expressions are part of."""

    def is_operation(self, node: tree.Name) -> bool:
        """Whether a bare name is that of an operation."""
        ...

    def why_unknown(self, name: str, span: Span) -> str | None:
        """What helps where nothing has that name, if the network knows it as something else."""
        ...

    def labelled(self, node: tree.Name) -> Any:
        """What the step gave whose labels the dotted name is made of; None if its head is no label here. Raises
        Unresolved after reporting why there is no such value."""
        ...

    def operation(self, node: tree.Call | tree.Pipe | tree.Name) -> Any:
        """What an operation within an expression gives. Raises Unresolved after reporting why it gives nothing."""
        ...

    def combine(self, node: tree.Binary, left: Any, right: Any) -> Value:
        """What an operator gives of two values of which one at least is the network's."""
        ...


@dataclass
class Scope:
    """Names and what they stand for. Each param is computed when it is first needed, so that their order means nothing.

    `values` holds what is computed, `waiting` the expressions that aren't yet, `spans` the places of all of them.
    Where not everything written was understood, `complete` is False, and a name may be declared in what wasn't.
    A name that isn't here is looked for in the scope around, `outer`. `arguments` are what a block was called with:
    what was written for a name, and the scope in which it was. `index` is the one of the whole spec; `places` are the
    spans that it has for names whose own are elsewhere, such as that of a value from outside. `readers` are those that
    ask for values right now, the params that are being computed among them; `reads` are the names that were asked for,
    each with the innermost reader, None where it is the network or a section.
    """

    values: dict[str, Any] = field(default_factory=dict)
    waiting: dict[str, tree.Expression] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    complete: bool = True
    readers: list[str] = field(default_factory=list[str])
    outer: Scope | None = None
    flow: Flow | None = None
    arguments: dict[str, tuple[tree.Expression, Scope]] = field(default_factory=dict)
    index: Index = field(default_factory=Index)
    places: dict[str, Span] = field(default_factory=dict)
    reads: set[tuple[str | None, str]] = field(default_factory=set[tuple[str | None, str]])

    def inner(self, flow: Flow | None = None) -> Scope:
        """A scope within this one."""
        return Scope(complete=self.complete, outer=self, flow=flow or self.flow, index=self.index)

    def copy(self) -> Scope:
        """The scope as it is now, whatever is bound later."""
        values, more = dict(self.values), (self.index, self.places)
        return Scope(values, {}, self.spans, self.used, self.complete, [], self.outer, self.flow, self.arguments, *more)

    def owner(self, name: str) -> Scope | None:
        """The scope that has a name: this one or one around it."""
        scope: Scope | None = self
        while scope is not None and name not in scope.spans and name not in scope.values:
            scope = scope.outer
        return scope

    def source(self, node: tree.Expression) -> tuple[tree.Expression, Scope]:
        """What was written for an expression, and where: for the name of what a block takes, the call's argument."""
        scope = self
        while isinstance(node, tree.Name):
            owner = scope.owner(node.id)
            if owner is None or node.id not in owner.arguments:
                break
            node, scope = owner.arguments[node.id]
        return node, scope

    def place(self, name: str) -> Span | None:
        """Where the name of this scope is declared, for the index."""
        return self.places.get(name) or self.spans.get(name)

    def peek(self, name: str) -> Any:
        """The value of a name, without using it; None if it has none yet."""
        owner = self.owner(name)
        return owner.values.get(name) if owner is not None else None

    def read(self, name: str) -> None:
        """The value of a name of this scope is asked for."""
        self.used.add(name)
        self.reads.add((self.readers[-1] if self.readers else None, name))

    @contextmanager
    def reading(self, reader: str) -> Generator[None]:
        """What is asked for within, is for that reader."""
        self.readers.append(reader)
        try:
            yield
        finally:
            self.readers.pop()

    def read_by(self, reader: str | None) -> frozenset[str]:
        """The names that were asked for by a reader, and by the params that it asked for."""
        found, waiting = set[str](), [reader]
        while waiting:
            asking = waiting.pop()
            new = {name for by, name in self.reads if by == asking} - found
            found |= new
            waiting += new
        return frozenset(found)

    def mark_used(self, name: str) -> None:
        owner = self.owner(name.partition(".")[0])
        if owner is not None:
            owner.used.add(name.partition(".")[0])

    def mention(self, node: tree.Name) -> None:
        """A name is used, though its value isn't asked for."""
        head = node.id.partition(".")[0]
        owner = self.owner(head)
        if owner is not None:
            owner.used.add(head)
            self.index.refer(head_of(node, head), owner.place(head))

    def note(self, span: Span, value: Any) -> None:
        """Remember the value of a name or an expression, of one of the network its shape."""
        if isinstance(value, Value):
            self.index.infer(span, value.shape)
        elif not isinstance(value, VALUELESS):
            self.index.evaluate(span, value)

    def bind(self, name: str, value: Any, span: Span) -> None:
        self.values[name] = value
        self.spans[name] = span

    def computed(self) -> Iterator[tuple[str, Any]]:
        """The names that are declared here and have a value, in their order."""
        yield from ((name, self.values[name]) for name in self.spans if name in self.values)

    def names(self) -> Iterator[str]:
        """All names that can be used here, the nearest first."""
        scope: Scope | None = self
        while scope is not None:
            yield from dict.fromkeys((*scope.spans, *scope.values))
            scope = scope.outer


def in_domain(param: str) -> str:
    """The reader of the names in a param's domain."""
    return f"the domain of {param}"


def in_section(section: str) -> str:
    """The reader of the names in a section on which no training depends."""
    return f"the section {section}"


def head_of(node: tree.Name, head: str) -> Span:
    """The span of the first part of a name with dots."""
    return node.span if head == node.id else node.span.source.span(node.span.start, node.span.start + len(head))
