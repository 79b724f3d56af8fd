"""The progress of a training: all of its state that isn't in tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from math import nan
from typing import Any, TypeVar

from netspec.catalogue.stopping import Standing
from netspec.files import finite_or_none
from netspec.formats.strict_json import as_number
from netspec.runner.train.epoch_stats import EpochStats
from netspec.saved.moment import Moment

MAX_ROLLBACKS = 5
"""The number of rollbacks after which a training fails."""

T = TypeVar("T")


@dataclass
class Progress:
    """Whole epochs, batches of the next one and their statistics, and the standing of the training.

    `history` has a row for each epoch, as `metrics.jsonl` has. `rollbacks` is the number of times that the training was
    rolled back to an earlier state, each of which halves the learning rate. `epoch_seconds` is the training time of the
    current epoch, `seconds` that of the run. `skipped_step` is the last step of the epoch that isn't taken, since one
    of its batches overflowed; it isn't saved, as nothing is saved between the batches of a step.
    """

    epoch: int = 0
    batch: int = 0
    standing: Standing = field(default_factory=Standing)
    history: list[dict[str, float]] = field(default_factory=list)
    stats: EpochStats = field(default_factory=EpochStats)
    rollbacks: int = 0
    epoch_seconds: float = 0.0
    seconds: float = 0.0
    skipped_step: int | None = None

    @property
    def moment(self) -> Moment:
        return Moment(self.epoch, self.batch)

    def end_epoch(self, row: dict[str, float], standing: Standing) -> None:
        """The current epoch is over; `row` has its values."""
        self.history.append(row)
        self.standing = standing
        self.epoch += 1
        self.batch, self.stats, self.epoch_seconds, self.skipped_step = 0, EpochStats(), 0.0, None

    def as_data(self) -> dict[str, Any]:
        """All but the moment as JSON data."""
        return {
            "standing": asdict(self.standing),
            "history": [{name: finite_or_none(value) for name, value in row.items()} for row in self.history],
            "tally": self.stats.as_data(),
            "slowed": self.rollbacks,
            "epoch_seconds": self.epoch_seconds,
            "seconds": self.seconds,
        }

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Progress:
        """The progress in a checkpoint's state. Raises KeyError, TypeError or ValueError if the state has none."""
        epoch, batch = whole(state["epoch"]), whole(state["batch"])
        return cls(
            epoch,
            batch,
            _standing(state["standing"], epoch),
            _history(state["history"], epoch),
            _stats(state["tally"], batch),
            whole(state["slowed"], MAX_ROLLBACKS),
            as_number(state["epoch_seconds"]),
            as_number(state["seconds"]),
        )


def _standing(data: Any, epoch: int) -> Standing:
    best, best_epoch = data["best"], data["best_epoch"]
    if (best is None) != (best_epoch is None) or best_epoch == 0 or len(data) != len(fields(Standing)):
        raise ValueError("standing")
    return Standing(
        best if best is None else as_number(best),
        best_epoch if best_epoch is None else whole(best_epoch, epoch),
        whole(data["waited"], epoch),
    )


def _history(data: Any, epoch: int) -> list[dict[str, float]]:
    rows = [
        {str(name): nan if value is None else as_number(value) for name, value in _of(dict, row).items()}
        for row in _of(list, data)
    ]
    if [row["epoch"] for row in rows] != list(range(1, epoch + 1)):
        raise ValueError("history")
    return rows


def _stats(data: Any, batch: int) -> EpochStats:
    stats = EpochStats(
        [whole(size) for size in _of(list, data["sizes"])],
        [as_number(loss) for loss in _of(list, data["losses"])],
        [as_number(right) for right in _of(list, data["rights"])],
        # absent before format 3 of the state
        [[_part(part) for part in _of(list, parts)] for parts in _of(list, data.get("parts", []))],
    )
    measured, optional = len(stats.sizes), (len(stats.rights), len(stats.parts))
    losses = {len(parts) for parts in stats.parts}
    if not data.keys() <= stats.as_data().keys() or measured > batch or len(stats.losses) != measured:
        raise ValueError("tally")
    if any(count not in (0, measured) for count in optional) or len(losses) > 1 or 0 in losses:
        raise ValueError("tally")
    return stats


def _part(data: Any) -> list[float]:
    loss, amount = (as_number(value) for value in _of(list, data))
    if amount <= 0:
        raise ValueError("tally")
    return [loss, amount]


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
