"""Checkpoints: when the state of the training is saved."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Entry


class Checkpoint(Entry):
    """When to save, and what to keep."""

    kind: ClassVar[str] = "checkpoint"
