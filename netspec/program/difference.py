"""What differs between two programs: settings, layers, figures, and which weights of the one fit the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netspec.catalogue.entry import Entry
from netspec.catalogue.values import Term
from netspec.immutable import immutable
from netspec.program.graph import Graph, Node
from netspec.program.program import DEFAULT, Program, nested
from netspec.program.written import written, written_field

Sizes = tuple[int, ...]


@immutable
class Side:
    """A value as one of the programs has it, and where it is from."""

    value: str
    origin: str


@immutable
class Setting:
    """A setting that isn't the same."""

    path: str
    old: Side
    new: Side


@immutable
class Operation:
    """A layer as one of the programs has it: how it is written, whose values it takes, and the shapes it gives."""

    written: str
    takes: tuple[str, ...]
    gives: str


@immutable
class LayerChange:
    """A layer that isn't the same, by its name in the state_dict: its uses, none on the side that doesn't have it."""

    path: str
    old: tuple[Operation, ...]
    new: tuple[Operation, ...]


@immutable
class Weights:
    """How the tensors of the old program's state_dict fit the new one's: names, and of those that differ both sizes."""

    fitting: tuple[str, ...]
    differing: Mapping[str, tuple[Sizes, Sizes]]
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many tensors the new program has."""
        return len(self.fitting) + len(self.differing) + len(self.added)


@immutable
class Difference:
    """What differs. `parameters` and `flops` are the figures of both programs."""

    same: bool
    settings: tuple[Setting, ...]
    layers: tuple[LayerChange, ...]
    parameters: tuple[int, int]
    flops: tuple[int, int]
    weights: Weights


def difference(old: Program, new: Program) -> Difference:
    """What is other in the new program. Names and layout of the files don't count."""
    settings, layers = tuple(_settings(old, new)), tuple(_layers(old.graph, new.graph))
    return Difference(
        same=old.hash == new.hash and _ends(old.graph) == _ends(new.graph),
        settings=settings,
        layers=layers,
        parameters=(old.graph.parameter_count, new.graph.parameter_count),
        flops=(old.graph.flops, new.graph.flops),
        weights=_weights(old.graph, new.graph),
    )


# ---- settings ----


def _settings(old: Program, new: Program) -> Iterator[Setting]:
    for name in dict.fromkeys((*old.resolved, *new.resolved)):
        if name in old.resolved and name in new.resolved:
            yield from _fields(name, (old, old.resolved[name]), (new, new.resolved[name]))
        else:
            yield from _one_sided(name, old, new)


def _one_sided(name: str, old: Program, new: Program) -> Iterator[Setting]:
    """The fields of a section that only one of the programs has."""
    absent = Side("none", f"no `{name}`")
    for program in (old, new):
        if (section := program.resolved.get(name)) is not None:
            for field_name in type(section).model_fields:
                where = f"{name}.{field_name}"
                side = _side(program, section, field_name, where)
                yield Setting(where, side, absent) if program is old else Setting(where, absent, side)


def _fields(path: str, old: tuple[Program, Entry], new: tuple[Program, Entry]) -> Iterator[Setting]:
    """The fields of two entries of one kind and name that differ, down to the innermost."""
    for field_name in type(old[1]).model_fields:
        where = f"{path}.{field_name}"
        values = [getattr(entry, field_name) for _, entry in (old, new)]
        if values[0] == values[1]:
            continue
        within = [nested(where, value) for value in values]
        if _alike(*within) and _factors(values[0]) == _factors(values[1]):
            for (place, mine), (_, its) in zip(*within, strict=True):
                yield from _fields(place, (old[0], mine), (new[0], its))
        else:
            sides = [_side(program, entry, field_name, where) for program, entry in (old, new)]
            yield Setting(where, *sides)


def _alike(old: list[tuple[str, Entry]], new: list[tuple[str, Entry]]) -> bool:
    """Whether the same entries stand there, with other arguments."""
    return bool(old) and [type(entry) for _, entry in old] == [type(entry) for _, entry in new]


def _factors(value: Any) -> list[float]:
    """What the entries of a sum are multiplied by."""
    return [item.factor for item in value if isinstance(item, Term)] if isinstance(value, tuple) else []


def _side(program: Program, entry: Entry, field_name: str, path: str) -> Side:
    origin = program.origins.get(path, DEFAULT).seen_from(program.source)
    return Side(written_field(entry, field_name, getattr(entry, field_name)), origin)


# ---- layers and weights ----


def _layers(old: Graph, new: Graph) -> Iterator[LayerChange]:
    """The layers that differ, first those that were there, in their order, then those that have come."""
    before, after = _operations(old), _operations(new)
    for path in dict.fromkeys((*before, *after)):
        mine, its = before.get(path, ()), after.get(path, ())
        if mine != its:
            yield LayerChange(path, mine, its)


def _ends(graph: Graph) -> tuple[object, ...]:
    """What comes in and what goes out, by name."""
    return graph.inputs, graph.outputs


def _operations(graph: Graph) -> dict[str, tuple[Operation, ...]]:
    """The uses of each layer, by its name in the state_dict."""
    names = [item.name for item in graph.inputs]
    for node in graph.nodes:
        names += [node.path] if len(node.outputs) == 1 else [f"{node.path}[{i}]" for i in range(len(node.outputs))]
    found: dict[str, tuple[Operation, ...]] = {}
    for node in graph.nodes:
        found[node.path] = (*found.get(node.path, ()), _operation(node, names))
    return found


def _operation(node: Node, names: list[str]) -> Operation:
    return Operation(
        written(node.layer), tuple(names[value] for value in node.inputs), ", ".join(map(str, node.shapes))
    )


def _weights(old: Graph, new: Graph) -> Weights:
    before, after = _tensors(old), _tensors(new)
    both = [name for name in after if name in before]
    return Weights(
        fitting=tuple(name for name in both if before[name] == after[name]),
        differing={name: (before[name], after[name]) for name in both if before[name] != after[name]},
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
    )


def _tensors(graph: Graph) -> dict[str, Sizes]:
    """The state_dict: names and sizes."""
    return {name: sizes for node in graph.nodes for name, sizes in (node.parameters | node.buffers).items()}
