"""Declarations: the params, blocks, sections and assertions of a spec, by their names."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from netspec.catalogue.domain import Domain
from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.checker.names.scope import Scope
from netspec.immutable import immutable
from netspec.lang import tree
from netspec.source import Span
from netspec.zoo import NAME as ZOO

INPUT = "input"
REPLACE = "replace"
"""What changes an operation of a model, in a line of the model by itself."""
MEASURED = ("parameters", "flops")
"""What an assertion may name beside params: the number of learned elements, and operations for one sample."""


@dataclass
class Definition:
    """A block, and the file in which it stands."""

    block: tree.Block
    home: Declarations
    used: bool = False
    used_parameters: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return self.block.name.id


@immutable
class Part:
    """What one file says of a section: the head, and the body."""

    head: tree.Name | tree.Call
    body: tree.Body


@dataclass
class Declarations:
    """What a file declares, with what it extends. `sections` holds the parts of each section, those of the file that
    is extended first; `complete` is False where a section wasn't understood. `domains` are those of params, `replaced`
    the places of values that an extending file or an override took the place of."""

    scope: Scope = field(default_factory=Scope)
    sections: dict[str, list[Part]] = field(default_factory=dict)
    blocks: dict[str, Definition] = field(default_factory=dict)
    imported: dict[str, Span] = field(default_factory=dict)
    assertions: list[tree.Assertion] = field(default_factory=list)
    domains: dict[str, Domain] = field(default_factory=dict)
    replaced: dict[str, Span] = field(default_factory=dict)
    complete: bool = True
    missing: set[str] = field(default_factory=set)
    whole: bool = True

    def may_have(self, name: str) -> bool:
        """Whether a block of that name may stand in a file that couldn't be read."""
        return not self.whole or name in self.missing

    @property
    def is_library(self) -> bool:
        """Whether the file is there for others to import from: it has blocks and no section."""
        return bool(self.blocks) and not self.sections


def is_replacement(statement: tree.Statement) -> bool:
    """Whether a statement is `replace(…) { … }`."""
    section = statement.section if isinstance(statement, tree.Line) else None
    return section is not None and _name_of(section[0]) == REPLACE


def only_replaces(body: tree.Body) -> bool:
    """Whether a body has replacements and nothing else."""
    return bool(body.statements) and all(map(is_replacement, body.statements))


def _name_of(head: tree.Name | tree.Call) -> str:
    return head.id if isinstance(head, tree.Name) else head.function.id


def unused(declared: Declarations) -> Iterable[tuple[str, str, Span]]:
    """What is declared and nothing uses: the kind, the name and the place."""
    for name, span in declared.imported.items():
        definition = declared.blocks.get(name)
        if not (definition.used if definition is not None else name in declared.scope.used):
            yield "import", name, span
    for name in declared.scope.spans.keys() - declared.scope.used - declared.imported.keys():
        yield "param", name, declared.scope.spans[name]
    for name, definition in declared.blocks.items():
        if definition.home is not declared:
            continue
        if not definition.used:
            yield "block", name, definition.block.name.span
            continue
        for parameter in definition.block.parameters:
            if definition.used_parameters and parameter.name.id not in definition.used_parameters:
                yield "parameter", parameter.name.id, parameter.name.span


def meaning_of(name: str, blocks: Container[str] = (), *, measured: bool = True) -> str | None:
    """What a name stands for, in words; None if it is free. `blocks` are those that are declared so far."""
    if name == INPUT:
        return "what comes in"
    if find(Layer, name) is not None:
        return "an operation"
    if measured and name in MEASURED:
        return "what `assert` calls the network's own"
    if name == ZOO:
        return "the networks that come with netspec"
    return "a block" if name in blocks else None
