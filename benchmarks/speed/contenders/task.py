"""What a contender is asked to do: its command line."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import torch._dynamo  # noqa: F401  # torch imports it with the first optimizer, if torchvision hasn't before

from benchmarks.speed.measured import Clock
from benchmarks.speed.work import WORKS, Work, work_named


@dataclass(frozen=True)
class Task:
    """The clock runs from when the task is taken, for which everything has to be imported."""

    work: Work
    data: Path
    epochs: int
    seed: int
    clock: Clock


def take() -> Task:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=WORKS)
    parser.add_argument("data", type=Path)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    return Task(work_named(options.work), options.data, options.epochs, options.seed, Clock())
