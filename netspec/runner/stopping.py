"""Which epoch is the best, and when to stop waiting for a better one."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Self

from netspec.catalogue.stops.early_stopping import EarlyStopping
from netspec.program.program import Program


@dataclass(frozen=True, slots=True)
class Standing:
    """How a training stands: its best value, the epoch of it, and how many epochs passed since."""

    best: float | None = None
    best_epoch: int | None = None
    waited: int = 0


@dataclass(frozen=True, slots=True)
class StoppingRule:
    """What is watched and for how long; `monitor` None takes each epoch for the best, `patience` None never stops."""

    monitor: str | None
    larger_is_better: bool = False
    min_delta: float = 0.0
    patience: int | None = None
    restore_best: bool = False

    @classmethod
    def of(cls, program: Program, *, validates: bool) -> Self:
        """The rule of a spec; without one the smallest loss of validation marks the best epoch."""
        stop = program.train.stop
        if not isinstance(stop, EarlyStopping):
            return cls("validation.loss" if validates else None)
        mode = stop.mode
        if mode == "auto":
            mode = "min" if stop.monitor.endswith(".loss") else "max"
        patience = int(stop.patience.number)
        return cls(stop.monitor, mode == "max", stop.min_delta, patience, stop.restore_best)

    def observe(self, standing: Standing, epoch: int, value: float) -> Standing:
        """How the training stands after an epoch with that value."""
        if self._is_better(value, standing.best):
            return Standing(value, epoch)
        return Standing(standing.best, standing.best_epoch, standing.waited + 1)

    def reached(self, standing: Standing) -> bool:
        """Whether to stop."""
        return self.patience is not None and standing.waited >= self.patience

    def reason(self, standing: Standing) -> str:
        """Why the training stops, as a sentence without a full stop."""
        epochs = "1 epoch" if standing.waited == 1 else f"{standing.waited} epochs"
        if standing.best_epoch is None:
            return f"{self.monitor} was never a number in {epochs}"
        return f"no better {self.monitor} for {epochs}; the best was {standing.best:.4g} in epoch {standing.best_epoch}"

    def _is_better(self, value: float, best: float | None) -> bool:
        if self.monitor is None:
            return True
        if isnan(value):
            return False
        if best is None:
            return True
        gain = value - best if self.larger_is_better else best - value
        return gain > self.min_delta
