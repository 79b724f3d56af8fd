"""What a contender says when it is done: one line of JSON, for the command that started it."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

KIB = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Measured:
    """The seconds of training of each epoch, without validation; the accuracy on the test split, from 0 to 1; and the
    most memory that the process had, in bytes."""

    epochs: Sequence[float]
    accuracy: float
    memory: int


def say(epochs: Sequence[float], accuracy: float) -> None:
    """Print what was measured, as the last line."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB
    print(json.dumps(asdict(Measured(list(epochs), accuracy, memory))))


def heard(output: str) -> Measured:
    """What a contender printed last."""
    return Measured(**json.loads(output.strip().splitlines()[-1]))
