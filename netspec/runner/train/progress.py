"""How far a training is: all that isn't in tensors and that the rest of it follows from."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from math import isfinite, nan
from typing import Any, TypeVar

from netspec.catalogue.stopping import Standing
from netspec.files import is_number
from netspec.runner.store.checkpoint import Moment
from netspec.runner.train.epoch_stats import EpochStats

ROLLBACKS = 5
"""How often a training goes back before it is given up."""

T = TypeVar("T")


def finite(value: float) -> float | None:
    """The value, or None for what JSON can't say."""
    return value if isfinite(value) else None


@dataclass
class Progress:
    """Whole epochs, batches of the next one and what they add up to, and how the training stands.

    `history` has a row for each epoch, as `metrics.jsonl` has. `slowed` is how often the training went back to an
    earlier state, to go on at half the learning rate. Seconds are those of training alone, of the epoch that is under
    way and of all before it. `left_out` is the last step of the epoch that isn't taken, since one of its batches
    overflowed; it isn't saved, as nothing is between the batches of a step.
    """

    epoch: int = 0
    batch: int = 0
    standing: Standing = field(default_factory=Standing)
    history: list[dict[str, float]] = field(default_factory=list)
    stats: EpochStats = field(default_factory=EpochStats)
    slowed: int = 0
    epoch_seconds: float = 0.0
    seconds: float = 0.0
    left_out: int | None = None

    @property
    def moment(self) -> Moment:
        return Moment(self.epoch, self.batch)

    def end_epoch(self, row: dict[str, float], standing: Standing) -> None:
        """The epoch under way is over, with these values."""
        self.history.append(row)
        self.standing = standing
        self.epoch += 1
        self.batch, self.stats, self.epoch_seconds, self.left_out = 0, EpochStats(), 0.0, None

    def as_data(self) -> dict[str, Any]:
        """All but the moment as JSON data."""
        return {
            "standing": asdict(self.standing),
            "history": [{name: finite(value) for name, value in row.items()} for row in self.history],
            "tally": self.stats.as_data(),
            "slowed": self.slowed,
            "epoch_seconds": self.epoch_seconds,
            "seconds": self.seconds,
        }

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Progress:
        """The progress that a checkpoint's state tells of. Raises KeyError, TypeError or ValueError if it doesn't."""
        epoch, batch = whole(state["epoch"]), whole(state["batch"])
        return cls(
            epoch,
            batch,
            _standing(state["standing"], epoch),
            _history(state["history"], epoch),
            _stats(state["tally"], batch),
            whole(state["slowed"], ROLLBACKS),
            number(state["epoch_seconds"]),
            number(state["seconds"]),
        )


def _standing(data: Any, epoch: int) -> Standing:
    best, best_epoch = data["best"], data["best_epoch"]
    if (best is None) != (best_epoch is None) or best_epoch == 0 or len(data) != len(fields(Standing)):
        raise ValueError("standing")
    return Standing(
        best if best is None else number(best),
        best_epoch if best_epoch is None else whole(best_epoch, epoch),
        whole(data["waited"], epoch),
    )


def _history(data: Any, epoch: int) -> list[dict[str, float]]:
    rows = [
        {str(name): nan if value is None else number(value) for name, value in _of(dict, row).items()}
        for row in _of(list, data)
    ]
    if [row["epoch"] for row in rows] != list(range(1, epoch + 1)):
        raise ValueError("history")
    return rows


def _stats(data: Any, batch: int) -> EpochStats:
    stats = EpochStats(
        [whole(size) for size in _of(list, data["sizes"])],
        [number(loss) for loss in _of(list, data["losses"])],
        [number(right) for right in _of(list, data["rights"])],
    )
    measured = len(stats.sizes)
    if len(data) != 3 or measured > batch or len(stats.losses) != measured or len(stats.rights) not in (0, measured):
        raise ValueError("tally")
    return stats


def _of(kind: type[T], value: Any) -> T:
    if not isinstance(value, kind):
        raise TypeError(kind.__name__)
    return value


def whole(value: Any, most: int | None = None) -> int:
    """A whole number from 0 on. Raises TypeError or ValueError for anything else."""
    if type(value) is not int:
        raise TypeError("no whole number")
    if value < 0 or (most is not None and value > most):
        raise ValueError("out of range")
    return value


def number(value: Any) -> float:
    """A number that a float holds. Raises TypeError or ValueError for anything else."""
    if not is_number(value):
        raise TypeError("no number")
    if abs(value) > sys.float_info.max:
        raise ValueError("too large")
    return value
