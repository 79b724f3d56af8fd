"""What a run will do, in figures, before anything is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from netspec.catalogue.values import Quantity
from netspec.program.program import Program
from netspec.program.written import written


@dataclass(frozen=True, slots=True)
class Row:
    """One operation: its name in the state_dict, how it is written, what comes out, what it learns and costs."""

    path: str
    operation: str
    shape: str
    parameters: int
    flops: int


@dataclass(frozen=True, slots=True)
class Splits:
    """Numbers of samples; None where they are known only once the data is loaded."""

    train: int | None
    validation: int | None
    test: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The network as a table, the splits, the steps, and the files that are read and written."""

    rows: tuple[Row, ...]
    parameters: int
    weight_bytes: int
    flops: int
    splits: Splits
    steps_per_epoch: int | None
    steps: int | None
    reads: tuple[str, ...]
    writes: tuple[str, ...]


def make_plan(program: Program) -> Plan:
    graph = program.graph
    rows = tuple(
        Row(node.path, written(node.layer), str(node.shape), node.parameter_count, node.flops) for node in graph.nodes
    )
    splits = _splits(program)
    per_epoch = len(batch_bounds(splits.train, program.data.batch_size)) if splits.train else None
    state = sum(prod(size) for node in graph.nodes for size in (*node.parameters.values(), *node.buffers.values()))
    return Plan(
        rows=rows,
        parameters=graph.parameter_count,
        weight_bytes=4 * state,
        flops=graph.flops,
        splits=splits,
        steps_per_epoch=per_epoch,
        steps=per_epoch * program.train.epochs if per_epoch else None,
        reads=_reads(program),
        writes=(f"runs/{program.name}/<time>-<id>/",),
    )


def count_of(setting: Quantity | int | None, total: int) -> int:
    """How many of `total` samples a share or a number of them is."""
    if setting is None:
        return 0
    return setting if isinstance(setting, int) else round(total * setting.share)


def batch_bounds(count: int, size: int) -> list[tuple[int, int]]:
    """Where each batch of `count` samples begins and ends.

    A last batch of a single sample is joined to the one before: batch normalisation can't train on one sample.
    """
    starts = list(range(0, count, size))
    if 1 < size < count and count % size == 1:
        del starts[-1]
    return list(zip(starts, [*starts[1:], count], strict=True))


def _splits(program: Program) -> Splits:
    type, data = program.type, program.data
    if type.train is None:
        return Splits(None, None, None)
    test = type.test if type.test else count_of(data.test, type.train)
    rest = type.train if type.test else type.train - test
    validation = count_of(data.validation, rest)
    return Splits(rest - validation, validation, test)


def _reads(program: Program) -> tuple[str, ...]:
    files: list[str] = [program.source.name]
    for source in program.sources:
        paths = [str(path) for path in source.files(program.place)]
        missing = source.unavailable(program.place)
        note = (" (downloaded if it isn't there)" if source.fetchable else f" ({missing})") if missing else ""
        files += [f"{path}{note}" for path in paths]
    return tuple(files)
