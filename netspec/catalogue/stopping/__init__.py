"""Stopping: when training ends before its last epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import ClassVar

from netspec.catalogue.entry import Entry
from netspec.catalogue.python import Python
from netspec.immutable import immutable


@immutable
class Standing:
    """How a training stands: the best of what is watched, the epoch of it, and how many epochs passed since."""

    best: float | None = None
    best_epoch: int | None = None
    waited: int = 0

    def after(self, epoch: int, value: float, *, larger_is_better: bool = False, min_delta: float = 0.0) -> Standing:
        """How it stands after an epoch with that value; it is the best if it is better by more than `min_delta`.

        A value that isn't finite is never the best.
        """
        if not isfinite(value):
            better = False
        elif self.best is None:
            better = True
        else:
            gain = value - self.best if larger_is_better else self.best - value
            better = gain > min_delta
        return Standing(value, epoch) if better else replace(self, waited=self.waited + 1)


class Stop(Entry):
    """A rule that ends training early, and says which epoch is the best.

    It remembers nothing: it is handed how the training stands, so that a checkpoint holds all of it.
    """

    kind: ClassVar[str] = "stop"

    def watched(self) -> str:
        """What it looks at, by its name among an epoch's values: `validation.loss`."""
        raise NotImplementedError

    def acts_after(self) -> int | None:
        """After how many epochs it can end the training at the soonest; None where that can't be said."""
        return None

    def observe(self, standing: Standing, epoch: int, values: Mapping[str, float]) -> Standing:
        """How the training stands after an epoch with these values."""
        raise NotImplementedError

    def reason(self, standing: Standing) -> str | None:
        """Why the training ends there, as a sentence without a full stop; None if it goes on."""
        raise NotImplementedError

    def restores(self) -> bool:
        """Whether the run ends with the weights of the best epoch, not of the last."""
        raise NotImplementedError

    def python(self) -> Python | None:
        """Lines at the end of an epoch that compare `values`, keep `best_weights` of `net` and end the loop; before
        them what is known before the first epoch. None if a script has no code for it."""
        return None
