"""What a contender measures, and says in one line of JSON to the command that started it."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from time import perf_counter

KIB = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Measured:
    """The seconds of training of each epoch, without validation; those from the end of the imports to the end of the
    first epoch, in which data is read; the accuracy on the test split, from 0 to 1; and the most memory that the
    process had, without those that it started, in bytes."""

    epochs: Sequence[float]
    first: float
    accuracy: float
    memory: int


@dataclass
class Clock:
    """Runs from when it is made. `start` and `stop` are called around the training of an epoch, `epoch_over` when the
    epoch is validated too."""

    began: float = field(default_factory=perf_counter)
    started: float | None = None
    epochs: list[float] = field(default_factory=list)
    first: float | None = None

    def start(self) -> None:
        self.started = perf_counter()

    def stop(self) -> None:
        assert self.started is not None, "it was started"
        self.epochs.append(perf_counter() - self.started)

    def epoch_over(self) -> None:
        if self.first is None:
            self.first = perf_counter() - self.began

    @contextmanager
    def training(self) -> Generator[None]:
        self.start()
        yield
        self.stop()

    def say(self, accuracy: float) -> None:
        """Print what was measured, as the last line."""
        assert self.first is not None, "there was an epoch"
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB
        print(json.dumps(asdict(Measured(self.epochs, self.first, accuracy, memory))))


def heard(output: str) -> Measured:
    """What a contender printed last."""
    return Measured(**json.loads(output.strip().splitlines()[-1]))
