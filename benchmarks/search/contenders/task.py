"""What a contender is asked to do: its command line."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from benchmarks.search.work import WORKS, Work


@dataclass(frozen=True)
class Task:
    """A search of so many trials; a single training with the defaults if that is one."""

    work: Work
    trials: int
    epochs: int
    seed: int


def take() -> Task:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=WORKS)
    parser.add_argument("--trials", type=int, required=True)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    return Task(WORKS[options.work], options.trials, options.epochs, options.seed)
