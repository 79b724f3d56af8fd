"""How far a training is: all that isn't in tensors and that the rest of it follows from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite, nan
from typing import Any

from netspec.catalogue.stops import Standing
from netspec.runner.checkpoint import Moment
from netspec.runner.tally import Tally


def finite(value: float) -> float | None:
    """The value, or None for what JSON can't say."""
    return value if isfinite(value) else None


@dataclass
class Progress:
    """Whole epochs, batches of the next one and what they add up to, and how the training stands.

    `history` has a row for each epoch, as `metrics.jsonl` has. `slowed` is how often the training went back to an
    earlier state, to go on at half the learning rate. Seconds are those of training alone, of the epoch that is under
    way and of all before it.
    """

    epoch: int = 0
    batch: int = 0
    standing: Standing = field(default_factory=Standing)
    history: list[dict[str, float]] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    slowed: int = 0
    epoch_seconds: float = 0.0
    seconds: float = 0.0

    @property
    def moment(self) -> Moment:
        return Moment(self.epoch, self.batch)

    def end_epoch(self, row: dict[str, float], standing: Standing) -> None:
        """The epoch under way is over, with these values."""
        self.history.append(row)
        self.standing = standing
        self.epoch += 1
        self.batch, self.tally, self.epoch_seconds = 0, Tally(), 0.0

    def as_data(self) -> dict[str, Any]:
        """All but the moment as JSON data."""
        return {
            "standing": asdict(self.standing),
            "history": [{name: finite(value) for name, value in row.items()} for row in self.history],
            "tally": self.tally.as_data(),
            "slowed": self.slowed,
            "epoch_seconds": self.epoch_seconds,
            "seconds": self.seconds,
        }

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Progress:
        """The progress that a checkpoint's state tells of. Raises KeyError or TypeError if it doesn't."""
        return cls(
            state["epoch"],
            state["batch"],
            Standing(**state["standing"]),
            [{name: nan if value is None else value for name, value in row.items()} for row in state["history"]],
            Tally(**state["tally"]),
            state["slowed"],
            state["epoch_seconds"],
            state["seconds"],
        )
