"""Checkpoints: when the state of the training is saved."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Entry


class Checkpoint(Entry):
    """When to save, and what to keep. The best and the last epoch are saved and kept whatever it says."""

    kind: ClassVar[str] = "checkpoint"

    def is_due(self, epoch: int) -> bool:
        """Whether to save after that epoch; the first is 1."""
        raise NotImplementedError

    def is_due_within(self, step: int, seconds: float) -> bool:
        """Whether to save within an epoch, after that step of all and so many seconds after the last time."""
        return False

    def kept(self) -> int:
        """How many of the newest are kept, at least 1."""
        raise NotImplementedError
