"""Events of a run, as frozen values: progress, logs, plots and the report are made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np

from netspec.catalogue.metrics import Predictions
from netspec.data.data_record import DataRecord
from netspec.program.loading import LoadedWeights
from netspec.program.parts import Part
from netspec.program.program import Program
from netspec.runner.report_samples import ReportSamples
from netspec.saved.export_record import ExportRecord
from netspec.saved.moment import Moment
from netspec.saved.stage_record import StageRecord
from netspec.saved.teacher_record import TeacherRecord


@dataclass(frozen=True)
class Resumed:
    """The moment that a run resumes from, the damages of newer checkpoints, and the differences to before, because of
    which the run may not end with the same bits."""

    moment: Moment
    damages: tuple[str, ...]
    differences: tuple[str, ...]


@dataclass(frozen=True)
class Started:
    """Everything is loaded and checked; the first step comes next. `device` is torch's name of it; `history` are the
    epochs before a resumed run was interrupted, `loaded` is what the run started from."""

    program: Program
    folder: Path
    data: DataRecord
    device: str
    environment: Mapping[str, str]
    resumed: Resumed | None = None
    history: tuple[Mapping[str, float], ...] = ()
    loaded: tuple[LoadedWeights, ...] = ()


@dataclass(frozen=True)
class EpochAdvanced:
    """The progress within an epoch, ten times a second at most.

    `moment.batch` of its `batches` are done, after `epoch_seconds` of training; the run takes `seconds` so far. `loss`
    is the mean of the losses that were fetched, on a CPU of all batches, NaN if there are none yet; `lr` is the
    learning rate of the last step.
    """

    moment: Moment
    batches: int
    loss: float
    lr: float
    epoch_seconds: float
    seconds: float

    @property
    def fraction(self) -> float:
        """The fraction of the epoch that is done."""
        return self.moment.batch / self.batches

    @property
    def remaining_seconds(self) -> float:
        """The estimated training time for the rest of the epoch."""
        return self.epoch_seconds * (1 / self.fraction - 1)


@dataclass(frozen=True)
class EpochEnded:
    """An epoch is over. `values` has `train.loss`, `train.accuracy`, `train.seconds`, `validation.loss` and the other
    metrics by their names, and the learning rate of the last step as `train.lr`; `best` if the monitored value is the
    best so far."""

    epoch: int
    values: Mapping[str, float]
    best: bool

    def row(self) -> dict[str, float]:
        """The epoch as a row of the history and of `metrics.jsonl`."""
        return {"epoch": self.epoch, **self.values}


@dataclass(frozen=True)
class Stopped:
    """Training ends before its last epoch; `reason` is a sentence without a full stop."""

    epoch: int
    reason: str


@dataclass(frozen=True)
class RolledBack:
    """Numbers overflowed, so the training was rolled back to a moment; learning rates are multiplied by `lr_factor`.

    `history` are the epochs before that moment: those that ended after it are trained again.
    """

    moment: Moment
    reason: str
    lr_factor: float
    history: tuple[Mapping[str, float], ...]


@dataclass(frozen=True)
class Halted:
    """The run ended on request and has saved its state; nothing comes after it until it is resumed."""

    moment: Moment
    folder: Path


@dataclass(frozen=True)
class ClassReport:
    """The results for one class of a split. `mistaken_for` is the class that its samples are most often misclassified
    as, and their number; None if there are none. `values` has `precision`, `recall` and `f1`."""

    name: str
    support: int
    values: Mapping[str, float]
    mistaken_for: tuple[str, int] | None


@dataclass(frozen=True)
class Evaluation:
    """The evaluation of a split of `samples`. `values` has `loss` and each metric. `predictions` are those of a final
    evaluation, `confusion` is the confusion matrix [classes, classes] where targets are classes: true by predicted.

    `classes` is empty unless per_class is set; `worst` is the index in it of the class with the smallest F1 among those
    that have samples, None if all are classified correctly.
    """

    split: str
    values: Mapping[str, float]
    samples: int
    predictions: Predictions | None = None
    confusion: np.ndarray | None = None
    classes: tuple[ClassReport, ...] = ()
    worst: int | None = None


@dataclass(frozen=True)
class RunResult:
    """A finished run. `history` has a row per epoch, as `metrics.jsonl` has; `test` is the evaluation of the final
    weights on the test split, or None if there is no test split or `evaluate` leaves it out, and then `validation` is
    theirs on the validation split; `restored` is the epoch whose weights those are, or None if they are the last
    epoch's.

    `report_samples` are for its report. `unfinished` is the moment of the weights if the run isn't finished. `size` is
    the number of bytes of the weights, `notes` are sentences about what didn't come to pass, `loaded` is what it
    started from, `teachers` what it learned from beside the targets, `exports` the files that the network was
    exported to, and `stages` what became of it in those of `compress`, the training first."""

    folder: Path
    program: Program
    data: DataRecord
    device: str
    environment: Mapping[str, str]
    history: tuple[Mapping[str, float], ...]
    best_epoch: int | None
    stopped: str | None
    test: Evaluation | None
    seconds: float
    restored: int | None = None
    validation: Evaluation | None = None
    report_samples: ReportSamples = field(default_factory=ReportSamples)
    unfinished: Moment | None = None
    size: int = 0
    notes: tuple[str, ...] = ()
    loaded: tuple[LoadedWeights, ...] = ()
    teachers: tuple[TeacherRecord, ...] = ()
    exports: tuple[ExportRecord, ...] = ()
    stages: tuple[StageRecord, ...] = ()

    @property
    def evaluation(self) -> Evaluation | None:
        """The final evaluation of the network, on the test split if there is one."""
        return self.test or self.validation

    @property
    def validation_values(self) -> dict[str, float]:
        """The loss and the metrics of the final weights on the validation split; if those were evaluated on the test
        split instead, the values of their epoch or of the last whole one. Empty without a validation split."""
        if self.validation is not None:
            return dict(self.validation.values)
        row = self.history[(self.restored or 0) - 1] if self.history else {}
        split = "validation."
        return {name.removeprefix(split): value for name, value in row.items() if name.startswith(split)}

    @classmethod
    def of(
        cls,
        started: Started,
        history: Iterable[Mapping[str, float]],
        best: int | None,
        stopped: str | None,
        restored: int | None,
        evaluation: Evaluation | None,
        report_samples: ReportSamples,
        seconds: float,
        size: int,
        notes: tuple[str, ...],
        teachers: tuple[TeacherRecord, ...],
    ) -> Self:
        """The result of a run, from its first event and its end."""
        return cls(
            folder=started.folder,
            program=started.program,
            data=started.data,
            device=started.device,
            environment=started.environment,
            history=tuple(history),
            best_epoch=best,
            stopped=stopped,
            test=evaluation if evaluation and evaluation.split == "test" else None,
            seconds=seconds,
            restored=restored,
            validation=evaluation if evaluation and evaluation.split == "validation" else None,
            report_samples=report_samples,
            size=size,
            notes=notes,
            loaded=started.loaded,
            teachers=teachers,
        )


@dataclass(frozen=True)
class Finished:
    """The run is over and everything is saved."""

    result: RunResult


@dataclass(frozen=True)
class PartStarted:
    """The next of several runs starts; the events until the next PartStarted are its. `number` counts from 1 to
    `count`; a `finished` one was run before and has no events."""

    part: Part
    number: int
    count: int
    folder: Path
    finished: bool = False


@dataclass(frozen=True)
class StageStarted:
    """The next stage of a run starts, in a folder below that of the run; the events until the next StageStarted are
    its. `number` counts from 1 to `count`; a `finished` one was carried out before and has no events."""

    stage: str
    number: int
    count: int
    folder: Path
    finished: bool = False


@dataclass(frozen=True)
class StagesEnded:
    """All stages of a run are over; `stages` are their records, the training first."""

    stages: tuple[StageRecord, ...]


Event = (
    PartStarted
    | StageStarted
    | StagesEnded
    | Started
    | EpochAdvanced
    | EpochEnded
    | RolledBack
    | Stopped
    | Halted
    | Finished
)
