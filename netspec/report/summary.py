"""A run in a few words, the same on the terminal and on the page."""

from __future__ import annotations

from netspec.runner.events import RunResult


def epochs(result: RunResult) -> str:
    """How far the training went, and which epoch's weights came out of it."""
    best = f", best {result.best_epoch}" if result.best_epoch is not None else ""
    restored = f", with the weights of epoch {result.restored}" if result.restored is not None else ""
    return f"{len(result.history)} of {result.program.train.epochs}{best}{restored}"
