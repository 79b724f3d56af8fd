"""The stages of a run: what becomes of its network in each, and how large and how fast it is then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from netspec.catalogue.stages import Stage
from netspec.experiments.stages import Network, carry_out
from netspec.experiments.stages.measuring import Forward, latencies
from netspec.experiments.stages.quantize import judged
from netspec.experiments.training import Trainer
from netspec.exporter.formats.onnx import session
from netspec.files import file_problems
from netspec.program.assertion import of_class
from netspec.program.parts import Part
from netspec.program.program import Program
from netspec.program.written import written
from netspec.runner.events import Evaluation, Event, StagesEnded, StageStarted
from netspec.runner.machine.memory import weights_size
from netspec.runner.store.saved_record import SavedRecord
from netspec.runner.uses.saved_run import SavedRun
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


def compressed(
    program: Program,
    folder: Path,
    figures: Figures,
    stages: Sequence[Stage],
    trainer: Trainer,
    part: Part | None = None,
) -> tuple[StageRecord, ...]:
    """Carry out stages with the network of a run that is trained, in folders below its own, or go on with them.

    `figures` are those of the run. Returns a record of the network as it was trained, and of what it was after each
    stage. Raises NetspecError, and KeyboardInterrupt once the trainer's request has it; then the next time it goes on
    from there.
    """
    tell: Callable[[Event], None] = trainer.on_event or (lambda _: None)
    network = Network(program, program, folder, part)
    rows = [_Row(None, network, figures)]
    with file_problems(folder):
        (folder / STAGES).mkdir(exist_ok=True)
    for number, stage in enumerate(stages, 1):
        if trainer.request is not None and trainer.request.error is not None:
            raise trainer.request.error
        place = folder / STAGES / f"{number}-{stage.name()}"
        tell(StageStarted(written(stage), number, len(stages), place, trainer.is_finished(place)))
        network = carry_out(stage, network, place, trainer)
        if not network.pending:
            rows.append(_Row(stage, network, _figures(network)))
    records = tuple(_records(folder, rows))
    tell(StagesEnded(records))
    return records


def _figures(network: Network) -> Figures:
    if network.file is not None:
        return Figures.of(judged(network))
    return Figures.of_record(SavedRecord.of(network.folder), network.program.type.target.labels)


def _records(folder: Path, rows: Sequence[_Row]) -> Iterator[StageRecord]:
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
                "" if own == folder else f"{STAGES}/{own.name}",
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
