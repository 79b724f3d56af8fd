"""The disk of a study: of trials that aren't among the best the checkpoints go, and the records stay."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from netspec.files import TEMPORARY, remove, sweep
from netspec.searcher.history import History
from netspec.searcher.lines import best_trials
from netspec.searcher.study import TRIALS


def tidy(folder: Path, history: History, kept: int, done: set[int]) -> None:
    """Remove the checkpoints of trials that have ended and aren't among so many of the best, nor on the front of
    several objectives. What is `done` isn't looked at again: a trial that was overtaken once stays so."""
    best = {trial.number for trial in (*history.ranked()[:kept], *best_trials(history))}
    for trial in history.trials:
        if trial.outcome is not None and trial.number not in best | done:
            done.add(trial.number)
            run = folder / TRIALS / trial.name
            for checkpoints in (*run.glob("checkpoints"), *run.glob("*/checkpoints")):
                _remove(checkpoints)
            for left in (run, *run.glob("*/")):
                with suppress(OSError):
                    sweep(left)  # what a process that was killed here had renamed


def _remove(path: Path) -> None:
    """Remove a folder, first its name, so that half of it isn't taken for the whole; another process may do so, too."""
    with suppress(OSError):
        renamed = path.with_name(f"{TEMPORARY}{token_hex(4)}-{path.name}")
        path.rename(renamed)
        remove(renamed)
