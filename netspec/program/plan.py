"""What a run will do, in figures, before anything is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netspec.immutable import immutable
from netspec.program.execution import execution_notes
from netspec.program.features import feature_notes
from netspec.program.freezing import Learned, learned_when
from netspec.program.naming import runs_of
from netspec.program.parts import parts_of
from netspec.program.program import Program
from netspec.program.splits import Splits, split_sizes
from netspec.program.training import clock
from netspec.program.written import written

if TYPE_CHECKING:
    from netspec.program.loading import Match
    from netspec.program.search_plan import SearchPlan
    from netspec.program.stages import StageRow


@immutable
class Row:
    """One operation: its name in the state_dict, how it is written, what comes out, what it learns and costs."""

    path: str
    operation: str
    shape: str
    parameters: int
    flops: int


@immutable
class WeightsRow:
    """What a rule of `train.init` loads from a file: the number of its tensors and of their elements, the types that
    become float32, and the tensors that keep their initial values or aren't loaded, each with the reason. `pending` is
    whether the file has still to be downloaded, so that the numbers are those expected of it."""

    rule: str
    file: str
    note: str
    tensors: int
    elements: int
    widened: tuple[str, ...]
    kept: dict[str, str]
    unused: dict[str, str]
    pending: bool

    @classmethod
    def of(cls, matched: Match) -> WeightsRow:
        numbers, left = (len(matched.loaded), matched.elements), (dict(matched.kept), dict(matched.unused))
        return cls(
            matched.text, matched.file.written, matched.file.note, *numbers, matched.widened, *left, matched.pending
        )


@immutable
class Plan:
    """The network as a table, the splits, the steps, and the files that are read and written.

    Of `runs` that a spec with folds and seeds stands for, the splits and the steps are those of the first, which may
    differ by a sample from those of the others. `learns` says what is learned when, where something is frozen,
    `computes` how the network is computed where that was decided, `weights` what is loaded into it, and `search` what a
    search over its params does; `stages` are those of `compress`.

    `source` is the source that all of it is for, as the spec writes it. It may have to be downloaded, and a run takes
    the first of `otherwise` that can be had where it can't. `notes` say how its values were taken if the source doesn't
    say it.
    """

    rows: tuple[Row, ...]
    parameters: int
    weight_bytes: int
    flops: int
    source: str
    otherwise: tuple[str, ...]
    notes: tuple[str, ...]
    runs: int
    splits: Splits
    steps_per_epoch: int
    steps: int
    learns: tuple[Learned, ...]
    computes: tuple[str, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    weights: tuple[WeightsRow, ...] = ()
    search: SearchPlan | None = None
    stages: tuple[StageRow, ...] = ()


def make_plan(program: Program) -> Plan:
    graph = program.graph
    rows = tuple(
        Row(node.path, written(node.layer), str(node.shape), node.parameter_count, node.flops) for node in graph.nodes
    )
    splits = split_sizes(program.data, *program.type.counts)
    steps = clock(program.train, len(batch_bounds(splits.train, program.data.batch_size)))
    return Plan(
        rows=rows,
        parameters=graph.parameter_count,
        weight_bytes=graph.weight_bytes,
        flops=graph.flops,
        source=written(program.assumed),
        otherwise=_otherwise(program),
        notes=program.type.notes,
        runs=len(parts_of(program)) or 1,
        splits=splits,
        steps_per_epoch=steps.epoch,
        steps=steps.total,
        learns=learned_when(program.train, graph, steps),
        computes=(*execution_notes(program), *feature_notes(program, steps)),
        reads=_reads(program),
        writes=_writes(program),
        weights=tuple(map(WeightsRow.of, program.weights)),
        search=_search(program),
        stages=_stages(program),
    )


def _writes(program: Program) -> tuple[str, ...]:
    """The folder of the run, and the files in it that are for others."""
    folder = f"{runs_of(program.name).as_posix()}/<time>-<id>/"
    files = program.export.files.values() if program.export is not None else ()
    return (folder, *(f"{folder}export/{name}" for name in files))


def _search(program: Program) -> SearchPlan | None:
    """The plan of the spec's search; what makes it is imported for those that have one."""
    if program.search is None or program.space is None:
        return None
    from netspec.program.search_plan import make_search_plan

    return make_search_plan(program, program.search, program.space)


def _stages(program: Program) -> tuple[StageRow, ...]:
    """The stages of the spec; what plans them is imported for those that have some."""
    if program.compress is None:
        return ()
    from netspec.program.stages import stage_plan

    return stage_plan(program)


def evaluation_batch(program: Program) -> int:
    """The number of samples in a batch of an evaluation, the same whenever a split is evaluated: what `batch_norm`
    computes of a batch without running statistics depends on it."""
    # without gradients a batch takes a fraction of the memory that it takes in training
    return 4 * program.data.batch_size


def batch_bounds(count: int, size: int) -> list[tuple[int, int]]:
    """Where each batch of `count` samples begins and ends.

    A last batch of a single sample is joined to the one before: batch normalisation can't train on one sample.
    """
    starts = list(range(0, count, size))
    if 1 < size < count and count % size == 1:
        del starts[-1]
    return list(zip(starts, [*starts[1:], count], strict=True))


def _otherwise(program: Program) -> tuple[str, ...]:
    """The sources that a run may have to take instead: where the assumed one is on the disk, none."""
    if program.assumed.unavailable(program.folders) is None:
        return ()
    return tuple(map(written, program.sources[program.source_index + 1 :]))


def _reads(program: Program) -> tuple[str, ...]:
    files: list[str] = [program.source.name]
    for source in program.sources:
        paths = [str(path) for path in source.files(program.folders)]
        missing = source.unavailable(program.folders)
        note = (" (downloaded if it isn't there)" if source.fetchable else f" ({missing})") if missing else ""
        files += [f"{path}{note}" for path in paths]
    for matched in program.weights:
        files.append(f"{matched.file.path}{' (downloaded if it is not there)' if matched.pending else ''}")
    teachers = dict.fromkeys(loss.teacher.folder for _, _, loss in program.loss.taught())
    return (*files, *(f"{folder} (the run of a teacher)" for folder in teachers))
