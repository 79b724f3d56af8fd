"""What happens in a run, as a handful of frozen values; progress, logs, plots and the report are made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np

from netspec.catalogue.metrics import Predictions
from netspec.data.data_record import DataRecord
from netspec.program.parts import Part
from netspec.program.program import Program
from netspec.runner.report_samples import ReportSamples
from netspec.runner.store.checkpoint import Moment


@dataclass(frozen=True)
class Resumed:
    """From which moment a run goes on: what was wrong with newer checkpoints, and what is different from before, so
    that the run may not end with the bits that it would have ended with."""

    moment: Moment
    damages: tuple[str, ...]
    differences: tuple[str, ...]


@dataclass(frozen=True)
class Started:
    """Everything is loaded and checked; the next step comes next. `device` is torch's name for it; `history` are the
    epochs that a resumed run has behind it."""

    program: Program
    folder: Path
    data: DataRecord
    device: str
    environment: Mapping[str, str]
    resumed: Resumed | None = None
    history: tuple[Mapping[str, float], ...] = ()


@dataclass(frozen=True)
class EpochAdvanced:
    """An epoch is under way; said ten times a second at most.

    `moment.batch` of its `batches` are done, after `epoch_seconds` of training; the run is at `seconds`. `loss` is the
    mean of the losses that were looked at, of every batch on a CPU, no number if none was yet; `lr` is the learning
    rate of the last step.
    """

    moment: Moment
    batches: int
    loss: float
    lr: float
    epoch_seconds: float
    seconds: float

    @property
    def share(self) -> float:
        """How much of the epoch is done."""
        return self.moment.batch / self.batches

    @property
    def left_of_epoch(self) -> float:
        """How many seconds of training the rest of the epoch takes, if it goes on so."""
        return self.epoch_seconds * (1 / self.share - 1)


@dataclass(frozen=True)
class EpochEnded:
    """An epoch is over. `values` holds what was measured: `train.loss`, `train.accuracy`, `train.seconds`,
    `validation.loss` and the rest by their names, and the learning rate of the last step as `train.lr`; `best` says
    that the watched value is the best so far."""

    epoch: int
    values: Mapping[str, float]
    best: bool

    def row(self) -> dict[str, float]:
        """The epoch as the history and `metrics.jsonl` have it."""
        return {"epoch": self.epoch, **self.values}


@dataclass(frozen=True)
class Stopped:
    """Training ends before its last epoch; `reason` is a sentence without a full stop."""

    epoch: int
    reason: str


@dataclass(frozen=True)
class RolledBack:
    """Numbers overflowed, so the training went back to a moment, and goes on at a fraction of its learning rates.

    `history` are the epochs before that moment: those that ended after it come again.
    """

    moment: Moment
    reason: str
    slower: float
    history: tuple[Mapping[str, float], ...]


@dataclass(frozen=True)
class Halted:
    """The run was asked to end and has saved its state; nothing comes after it until it is resumed."""

    moment: Moment
    folder: Path


@dataclass(frozen=True)
class ClassReport:
    """One class on the test split. `mistaken_for` is the class that its samples were most often taken for instead,
    with how many; None if none was. `values` holds `precision`, `recall`, `f1` and the like."""

    name: str
    support: int
    values: Mapping[str, float]
    mistaken_for: tuple[str, int] | None


@dataclass(frozen=True)
class Evaluation:
    """The evaluation of a split of `samples`. `values` has `loss` and each metric. `predictions` are those of a final
    evaluation, `confusion` is the confusion matrix [classes, classes] where targets are classes: true by predicted.

    `classes` is empty unless per_class is set; `worst` is the index in it of the class with the smallest F1 among those
    that have samples.
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
    """A finished run. `history` has a row per epoch, as `metrics.jsonl` has; `test` is the judgement of the
    weights the run ended with on the test split, or None where the data has no test split, and then `validation` is
    theirs on that one; `restored` is the epoch whose weights those are, or None if they are the last epoch's.

    `shown` is what a report shows of the data. `unfinished` is the moment whose weights are judged where the run isn't
    finished, but looked at on its way."""

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
    shown: ReportSamples = field(default_factory=ReportSamples)
    unfinished: Moment | None = None

    @property
    def evaluation(self) -> Evaluation | None:
        """How the network was judged in the end."""
        return self.test or self.validation

    @property
    def validated(self) -> dict[str, float]:
        """How the weights that the run ended with do on the validation split; where they are judged on the test split
        instead, what was measured in their epoch, or in the last whole one. Nothing without a validation split."""
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
        shown: ReportSamples,
        seconds: float,
    ) -> Self:
        """What became of a run that started so."""
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
            shown=shown,
        )


@dataclass(frozen=True)
class Finished:
    """The run is over and everything of it is saved."""

    result: RunResult


@dataclass(frozen=True)
class PartBegun:
    """The next of several runs begins; what follows until the next such event is of this one. `number` counts from 1
    to `count`; a `finished` one was run before and nothing follows of it."""

    part: Part
    number: int
    count: int
    folder: Path
    finished: bool = False


Event = PartBegun | Started | EpochAdvanced | EpochEnded | RolledBack | Stopped | Halted | Finished
