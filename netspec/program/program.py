"""A spec that was checked: every value resolved, every value with its origin."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from netspec.catalogue.domain import Domain
from netspec.catalogue.entry import Entry
from netspec.catalogue.metrics import Metric
from netspec.catalogue.sections import Section
from netspec.catalogue.sources import DataFolders, DataSource
from netspec.catalogue.types import DataType
from netspec.catalogue.values import Bounds, Quantity, Term, number_text
from netspec.immutable import immutable
from netspec.program.assertion import Assertion
from netspec.program.graph import Graph
from netspec.program.objective import Objective
from netspec.program.searched import Space
from netspec.program.sections import HasSections
from netspec.program.written import written_field
from netspec.shapes import Shape
from netspec.source import Source, Span

if TYPE_CHECKING:
    from netspec.program.loading import Match

E = TypeVar("E", bound=Entry)


@immutable
class Origin:
    """Where a value was set: `written` at a span of the spec, `default`, or `inferred` from something named."""

    kind: str
    where: str = ""
    span: Span | None = None
    overrode: Origin | None = None

    @classmethod
    def written(cls, span: Span) -> Origin:
        return cls("written", f"line {span.line}", span)

    def seen_from(self, source: Source) -> str:
        """The place as the reader of a spec needs it: with the name of the file if that is another one."""
        if self.span is None or self.span.source is source:
            return str(self)
        return f"{self.span.source.name}:{self.span.line}"

    def __str__(self) -> str:
        return self.where if self.span else f"{self.kind} {self.where}".strip()


DEFAULT = Origin("default")


@dataclass(frozen=True)
class Program(HasSections):
    """What the checker proved and the runner runs. Nothing below it reads the tree.

    `sections` are all sections of the catalogue by their names, in their order, as they are written or by default; one
    that isn't written and has no defaults is absent. `source_index` says which of `data.source`'s alternatives `type`
    is of; a run may have to take another one, which fits the type but for its numbers of samples. `lines` has the shape
    behind each line of the network that gives the same one each time. `origins` has the values that aren't defaults, by
    their path. `domains` are the values that params may take, by their names. `files` are the other files of the spec,
    `overrides` the values that params got from outside, `params` the values of all params, as a spec would write them,
    `assertions` those on the results of a run, `weights` what is loaded from which file; none for a saved run, whose
    own weights take their place. `space` is what is searched, if the spec has a search.
    """

    name: str
    source: Source
    sections: Mapping[str, Section]
    loss: Objective
    graph: Graph
    type: DataType
    folders: DataFolders
    origins: Mapping[str, Origin]
    source_index: int = 0
    lines: Mapping[Span, Shape] = field(default_factory=dict)
    domains: Mapping[str, Domain] = field(default_factory=dict)
    files: tuple[Source, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    assertions: tuple[Assertion, ...] = ()
    weights: tuple[Match, ...] = ()
    space: Space | None = None

    def with_sections(self, *sections: Section) -> Program:
        """The same program with other sections in the place of those of their names."""
        return replace(self, sections={**self.sections, **by_name(*sections)})

    @property
    def sources(self) -> tuple[DataSource, ...]:
        return self.data.source

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What is measured beside the loss."""
        return self.evaluate.metrics_for(self.type.target)

    @property
    def assumed(self) -> DataSource:
        """The source that the plan is for."""
        return self.data.source[self.source_index]

    def span_of(self, path: str) -> Span | None:
        """Where a setting is written, or else the nearest one around it that is."""
        while path:
            if path in self.origins and self.origins[path].span is not None:
                return self.origins[path].span
            path = path.rpartition(".")[0]
        return None

    @cached_property
    def resolved(self) -> dict[str, Section]:
        """The sections by their names, with the loss and the metrics that are inferred if none are written."""
        train = self.train.model_copy(update={"loss": self.loss.terms})
        evaluate = self.evaluate.model_copy(update={"metrics": self.metrics})
        return {**self.sections, **by_name(train, evaluate)}

    def values(self) -> Iterator[tuple[str, str, Origin]]:
        """Every setting as path, value and origin, nested ones behind their owner."""
        for name, section in self.resolved.items():
            yield from self._values(name, section)

    def _values(self, path: str, entry: Entry) -> Iterator[tuple[str, str, Origin]]:
        for name in type(entry).model_fields:
            where, value = f"{path}.{name}", getattr(entry, name)
            yield where, written_field(entry, name, value), self.origins.get(where, DEFAULT)
            for place, item in nested(where, value):
                yield from self._values(place, item)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of what the program means: both forms and every layout of a spec have the same one.

        A section that is all defaults adds nothing, so that a new kind of section leaves the hashes as they are.
        """
        meaning = {
            "inputs": [item.name for item in self.graph.inputs],
            "model": [
                {"path": node.path, "inputs": list(node.inputs), "layer": as_data(node.layer)}
                for node in self.graph.nodes
            ],
            "outputs": [[output.name, output.value] for output in self.graph.outputs],
        } | {name: as_data(section) for name, section in self.resolved.items() if not section.is_default()}
        return hashlib.sha256(json.dumps(meaning, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def by_name(*sections: Section) -> dict[str, Section]:
    """Sections by their names, as a program has them."""
    return {section.name(): section for section in sections}


def nested(path: str, value: Any) -> list[tuple[str, Entry]]:
    """The entries in a setting's value with their paths: that of the setting, or of several its places in brackets."""
    items = [
        item.entry if isinstance(item, Term) else item for item in (value if isinstance(value, tuple) else (value,))
    ]
    places = [(path if len(items) == 1 else f"{path}[{number}]", item) for number, item in enumerate(items)]
    return [(place, item) for place, item in places if isinstance(item, Entry)]


def placed(path: str, entries: tuple[E, ...]) -> list[tuple[str, E]]:
    """Entries of one kind with their paths."""
    return [(where, entry) for (where, _), entry in zip(nested(path, entries), entries, strict=True)]


def as_data(value: Any) -> Any:
    """A value as JSON data; an entry as an object with its name under `op`."""
    match value:
        case Entry():
            return {"op": value.name()} | {name: as_data(getattr(value, name)) for name in type(value).model_fields}
        case Term():
            return {"times": value.factor} | as_data(value.entry)
        case tuple() | list():
            return [as_data(item) for item in value]
        case Quantity():
            return {"number": number_text(value.number), "unit": value.unit}
        case Bounds():
            return [value.low, value.high]
        case _:
            return value
