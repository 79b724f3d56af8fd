"""A good spec, what is known of it, and what a mistake makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from random import Random
from typing import TypeVar

from netspec.catalogue.entry import entries, kinds, names
from netspec.catalogue.layers import Layer
from netspec.catalogue.sections import MODEL, section_names
from netspec.catalogue.slots import slots
from netspec.checker.network.known import BUILT_IN
from netspec.diagnostics import Edit
from netspec.lang import tree
from netspec.lang.read import read_tree
from netspec.lang.source_file import read_source
from netspec.problems import Problems
from netspec.render.diagnostics import apply
from netspec.source import Source, Span

N = TypeVar("N", bound=tree.Node)

BRACKETS = {"(": ")", "[": "]", "{": "}"}
ENTRIES = frozenset(chain.from_iterable(map(names, kinds())))
"""Every name of the catalogue, of whatever kind."""
OPERATIONS = frozenset((*names(Layer), *BUILT_IN))
CHOICES = frozenset(
    choice for kind in kinds() for entry in entries(kind) for slot in slots(entry).values() for choice in slot.choices
)
"""Every word that some argument takes: `xpu` in the place of `cpu` is no mistake."""


@dataclass(frozen=True)
class Spec:
    """A spec that is right."""

    source: Source
    tree: tree.Tree

    @classmethod
    def read(cls, path: Path) -> Spec:
        source = read_source(path)
        return cls(source, read_tree(source, Problems()))

    @cached_property
    def program(self) -> str | None:
        """What the spec means, to compare with what fixes make of a mutant."""
        from benchmarks.diagnostics.measure import meaning
        from netspec.checker import check_source

        return meaning(check_source(self.source))

    def nodes(self, kind: type[N]) -> list[N]:
        return [node for node in tree.walk(self.tree.body) if isinstance(node, kind)]

    @cached_property
    def sections(self) -> dict[str, tuple[tree.Line, tree.Body]]:
        found: dict[str, tuple[tree.Line, tree.Body]] = {}
        for line in self.tree.statements:
            if isinstance(line, tree.Line) and line.section:
                head, body = line.section
                found[(head if isinstance(head, tree.Name) else head.function).id] = line, body
        return found

    @cached_property
    def networks(self) -> list[tree.Body]:
        """The bodies that hold operations: those of the blocks, and the model's."""
        blocks = [block.body for block in self.nodes(tree.Block)]
        return [*blocks, *(body for name, (_, body) in self.sections.items() if name == MODEL)]

    @property
    def settings(self) -> list[tuple[str, tree.Setting]]:
        """The settings of the sections other than the model, each with its section."""
        pairs = ((name, body) for name, (_, body) in self.sections.items() if name != MODEL)
        return [(name, item) for name, body in pairs for item in body.statements if isinstance(item, tree.Setting)]

    def in_networks(self, kind: type[N]) -> list[N]:
        return [node for body in self.networks for node in tree.walk(body) if isinstance(node, kind)]

    # ---- names ----

    @cached_property
    def given(self) -> dict[Span, str]:
        """The places at which a name is given to something or names an argument, each with what it names."""
        return {name.span: what for node in tree.walk(self.tree.body) for what, name in _given(node)}

    def declared(self, *whats: str) -> list[tree.Name]:
        return [name for name in self.nodes(tree.Name) if self.given.get(name.span) in whats]

    @cached_property
    def uses(self) -> dict[str, list[tree.Name]]:
        """The names that stand for something, by what that is."""
        found: dict[str, list[tree.Name]] = {}
        for name in self.nodes(tree.Name):
            if name.span not in self.given and name.id not in section_names():
                found.setdefault(self._role(name), []).append(name)
        return found

    def _role(self, name: tree.Name) -> str:
        within = next((what for what, span in self._places if span.contains(name.span)), None)
        if within is not None:
            return within
        head = name.id.partition(".")[0]
        for what in ("param", "block", "value"):
            if head in {declared.id for declared in self.declared(what)} or (what == "value" and head == "input"):
                return what
        if any(body.span.contains(name.span) for body in self.networks) and name.id in OPERATIONS:
            return "operation"
        return "entry" if name.id in ENTRIES else "choice"

    @cached_property
    def _places(self) -> list[tuple[str, Span]]:
        """Places within which names are of one sort."""
        reused = [call.arguments[0] for call in self.nodes(tree.Call) if call.function.id == "reuse"]
        watched = [item for item in self.nodes(tree.Argument) if item.name and item.name.id == "monitor"]
        metrics = [item for _, item in self.settings if item.name.id == "metrics"]
        sorts = (("label", reused), ("monitor", watched), ("metric", metrics))
        return [(what, node.span) for what, nodes in sorts for node in nodes]

    @cached_property
    def words(self) -> frozenset[str]:
        """All that a typo mustn't happen to be."""
        own = (part for name in self.nodes(tree.Name) for part in name.id.split("."))
        return (
            ENTRIES | OPERATIONS | CHOICES | {*own, *(label.id for label in self.nodes(tree.Label)), *section_names()}
        )

    # ---- characters ----

    @cached_property
    def plain(self) -> str:
        """The text with blanks in the place of comments and of what strings say."""
        text = list(self.source.text)
        inside = [self.source.span(node.span.start + 1, node.span.end - 1) for node in self.nodes(tree.Text)]
        inside += [
            self.source.span(label.span.start + 1, label.span.end - 1)
            for label in self.nodes(tree.Label)
            if label.quoted
        ]
        for span in inside:
            text[span.start : span.end] = " " * (span.end - span.start)
        lines = "".join(text).split("\n")
        return "\n".join(line.partition("#")[0].ljust(len(line)) for line in lines)

    @cached_property
    def pairs(self) -> list[tuple[Span, Span]]:
        """The brackets, each with the one that closes it."""
        found: list[tuple[Span, Span]] = []
        opened: list[int] = []
        for place, character in enumerate(self.plain):
            if character in BRACKETS:
                opened.append(place)
            elif character in BRACKETS.values():
                start = opened.pop()
                found.append((self.source.span(start, start + 1), self.source.span(place, place + 1)))
        return found

    def places(self, text: str) -> Iterator[Span]:
        """Where a text stands, outside of comments and strings."""
        place = self.plain.find(text)
        while place >= 0:
            yield self.source.span(place, place + len(text))
            place = self.plain.find(text, place + 1)


def _given(node: tree.Node) -> Iterator[tuple[str, tree.Name]]:
    match node:
        case tree.Argument(name=tree.Name() as name):
            yield "argument", name
        case tree.Param(name=name) | tree.Parameter(name=name):
            yield "param", name
        case tree.Block(name=name):
            yield "block", name
        case tree.Loop(variable=name):
            yield "value", name
        case tree.Import(names=several):
            yield from (("block", name) for name in several)
        case tree.Setting(names=several):
            yield from (("value", name) for name in several)
        case tree.Line(section=(tree.Call(arguments=arguments), _)):
            yield from (("value", item.value) for item in arguments if isinstance(item.value, tree.Name))
        case _:
            pass


@dataclass(frozen=True)
class Mutant:
    """A spec with a mistake. `effects` are places at which it shows beside those that were changed."""

    spec: Spec
    edits: tuple[Edit, ...]
    effects: tuple[Span, ...] = ()

    @property
    def source(self) -> Source:
        """The text with the mistake, as if it stood in the spec's own file."""
        source = self.spec.source
        return Source(source.name, apply(source, self.edits), source.path)

    @property
    def lines(self) -> set[int]:
        """The lines of the mistake, as they are counted with it."""
        source = self.source
        found = {source.position(self._moved(span.start))[0] for span in self.effects}
        for edit in self.edits:
            start = self._moved(edit.span.start)
            # a line break at either end is not where a written line is
            first = start + len(edit.text) - len(edit.text.lstrip())
            last = start + max(len(edit.text.rstrip()), first - start)
            found.update(range(source.position(first)[0], source.position(last)[0] + 1))
        return found

    def _moved(self, offset: int) -> int:
        """Where a place of the good spec is in the other."""
        before = [edit for edit in self.edits if edit.span.start < offset]
        return offset + sum(len(edit.text) - (min(edit.span.end, offset) - edit.span.start) for edit in before)


def replaced(spec: Spec, span: Span, text: str, *effects: Span) -> Mutant:
    return Mutant(spec, (Edit(span, text),), effects)


def added(spec: Spec, behind: Span, text: str, *effects: Span) -> Mutant:
    return replaced(spec, behind.after(), text, *effects)


Mutate = Callable[[Spec, Random], Iterator[Mutant]]


@dataclass(frozen=True)
class Kind:
    """A kind of mistake: everywhere in a spec where it can be made."""

    name: str
    mutate: Mutate
    typo: bool


KINDS: list[Kind] = []


def kind(name: str, *, typo: bool = False) -> Callable[[Mutate], Mutate]:
    """Register a function that makes a kind of mistake."""

    def register(mutate: Mutate) -> Mutate:
        KINDS.append(Kind(name, mutate, typo))
        return mutate

    return register
