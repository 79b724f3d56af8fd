"""A run in a few words, the same on the terminal and on the page."""

from __future__ import annotations

from collections.abc import Mapping

from netspec.runner.events import RunResult


def epochs(result: RunResult) -> str:
    """How far the training went, and which epoch's weights came out of it."""
    best = f", best {result.best_epoch}" if result.best_epoch is not None else ""
    restored = f", with the weights of epoch {result.restored}" if result.restored is not None else ""
    return f"{len(result.history)} of {result.program.train.epochs}{best}{restored}"


def best_validation(result: RunResult) -> Mapping[str, float]:
    """What was measured on the validation split in the best epoch, by the names of the metrics; nothing without one."""
    row = next((row for row in result.history if row["epoch"] == result.best_epoch), {})
    split = "validation."
    return {name.removeprefix(split): value for name, value in row.items() if name.startswith(split)}
