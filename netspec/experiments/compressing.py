"""The stages of a run: what becomes of its network in each, and how large and how fast it is then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from netspec.catalogue.stages import Stage
from netspec.experiments.stages import Network, carry_out
from netspec.experiments.stages.measuring import Forward, latencies
from netspec.experiments.stages.quantize import evaluated
from netspec.experiments.training import Trainer
from netspec.exporter.exporting import export_all
from netspec.exporter.formats.onnx import session
from netspec.exporter.subject import Subject
from netspec.files import file_problems
from netspec.program.assertion import of_class
from netspec.program.exporting import FOLDER as EXPORTS
from netspec.program.parts import Part
from netspec.program.program import Program
from netspec.program.written import written
from netspec.runner.events import Evaluation, Event, RunResult, StagesEnded, StageStarted
from netspec.runner.machine.memory import weights_size
from netspec.runner.store.folder import resuming
from netspec.runner.store.saved_record import SavedRecord
from netspec.runner.store.stages_record import begin, end
from netspec.runner.uses.saved_run import SavedRun
from netspec.saved.export_record import ExportRecord
from netspec.saved.run_files import STAGES
from netspec.saved.stage_record import Latency, StageRecord

TRAINING, TORCH, ONNX_RUNTIME = "training", "torch", "ONNX Runtime"
SMALLER, FASTER = 0.99, 0.95
"""What a stage brings the size or a time down to at least, to be worth something."""
SPLITS, RECALL = ("test", "validation"), "recall"


@dataclass(frozen=True)
class Figures:
    """The metrics of a network, and the recall of each class by its name."""

    values: Mapping[str, float]
    classes: Mapping[str, float]

    @classmethod
    def of(cls, evaluation: Evaluation | None) -> Self:
        """Those of an evaluation; none without one."""
        if evaluation is None:
            return cls({}, {})
        reports = (report for report in evaluation.classes if RECALL in report.values)
        return cls(dict(evaluation.values), {report.name: report.values[RECALL] for report in reports})

    @classmethod
    def of_record(cls, record: SavedRecord, classes: Sequence[str]) -> Self:
        """Those of a finished run."""
        split = next((split for split in SPLITS if any(name.startswith(f"{split}.") for name in record.values)), "")
        of_split = {name: value for name, value in record.values.items() if name.startswith(f"{split}.")}
        recalls = {name: record.of_classes.get(of_class(split, name, RECALL)) for name in classes}
        values = {name.removeprefix(f"{split}."): value for name, value in of_split.items()}
        return cls(values, {name: value for name, value in recalls.items() if value is not None})


@dataclass(frozen=True)
class _Row:
    """A network after a stage; without a stage that of the training."""

    stage: Stage | None
    network: Network
    figures: Figures

    @property
    def text(self) -> str:
        return written(self.stage) if self.stage is not None else TRAINING

    @property
    def forward(self) -> Forward:
        """The network as it is used: the file if there is one."""
        if self.network.file is not None:
            return session(self.network.file)
        module = SavedRun.of(self.network.folder).network
        return lambda inputs: module(*inputs)

    @property
    def size(self) -> int:
        """The bytes of the file with the network, or of its weights."""
        if self.network.file is not None:
            return self.network.file.stat().st_size
        return weights_size(SavedRun.of(self.network.folder).network)


def conclude(trainer: Trainer, program: Program, result: RunResult) -> RunResult:
    """The result of a run with what came of its network in the stages of its spec, if that has any; they are carried
    out in the folder of the run. Raises NetspecError."""
    if program.compress is None:
        return result
    own = replace(trainer, resumed_by=resuming(result.folder), conclude=None)
    figures = Figures.of(result.evaluation)
    stages = compressed(program, result.folder, figures, program.compress.stages, own)
    return replace(result, stages=stages, exports=tuple(_exports(program, result.folder, stages)))


def _exports(program: Program, run: Path, stages: Sequence[StageRecord]) -> Iterator[ExportRecord]:
    """The files of the section `export`, of the network that the last stage with weights ended with."""
    if program.export is None:
        return
    last = next(stage for stage in reversed(stages) if stage.runtime == TORCH)
    saved = SavedRun.of(run / last.folder)
    subject = Subject.of(saved.program, saved.network.state_dict(), saved.fitted, saved.scaling)
    with file_problems(run):
        (run / EXPORTS).mkdir(exist_ok=True)
    yield from export_all(subject, program.export, saved.load(), run / EXPORTS)


def compressed(
    program: Program,
    run: Path,
    figures: Figures,
    stages: Sequence[Stage],
    trainer: Trainer,
    part: Part | None = None,
    place: Path | None = None,
) -> tuple[StageRecord, ...]:
    """Carry out stages with the network of a run that is trained, or go on with them, each in a folder below `place`,
    which by default is in that of the run.

    `figures` are those of the run. Returns a record of the network as it was trained, and of what it was after each
    stage. Raises NetspecError, and KeyboardInterrupt once the trainer's request has it; then the next time it goes on
    from there.
    """
    place = place or run / STAGES
    tell: Callable[[Event], None] = trainer.on_event or (lambda _: None)
    found = begin(place, stages)
    if found is None:
        rows = [_Row(None, Network(program, program, run, part), figures)]
        for number, stage in enumerate(stages, 1):
            if trainer.request is not None and trainer.request.error is not None:
                raise trainer.request.error
            folder = place / f"{number}-{stage.name()}"
            tell(StageStarted(written(stage), number, len(stages), folder, trainer.is_finished(folder)))
            network = carry_out(stage, rows[-1].network, folder, trainer)
            # of what takes place in the next stage there is nothing to evaluate yet
            rows.append(_Row(stage, network, rows[-1].figures if network.pending else _figures(network)))
        found = tuple(_records([row for row in rows if not row.network.pending]))
        end(place, stages, found)
    tell(StagesEnded(found))
    return found


def _figures(network: Network) -> Figures:
    if network.file is not None:
        return Figures.of(evaluated(network))
    return Figures.of_record(SavedRecord.of(network.folder), network.program.type.target.labels)


def _records(rows: Sequence[_Row]) -> Iterator[StageRecord]:
    forwards = {str(place): row.forward for place, row in enumerate(rows)}
    times = latencies(forwards, rows[0].network.program.graph)
    before: StageRecord | None = None
    for place, row in enumerate(rows):
        network, taken = row.network, times[str(place)]
        own = network.file.parent if network.file is not None else network.folder
        size = row.size
        yield (
            before := StageRecord(
                row.text,
                "" if row.stage is None else f"{own.parent.name}/{own.name}",
                row.figures.values,
                network.program.graph.parameter_count,
                size,
                TORCH if network.file is None else ONNX_RUNTIME,
                taken,
                network.notes,
                tuple(_troubles(row.stage, size, taken, before)),
                row.figures.classes,
            )
        )


def _troubles(stage: Stage | None, size: int, times: Sequence[Latency], before: StageRecord | None) -> Iterator[str]:
    """What a stage was for and didn't bring."""
    if stage is None or before is None or stage.trained_epochs:
        return
    faster = any(one.median < FASTER * other.median for one, other in zip(times, before.latencies, strict=True))
    if size > SMALLER * before.size and not faster:
        yield f"`{stage.name()}` made the network neither smaller nor faster"
