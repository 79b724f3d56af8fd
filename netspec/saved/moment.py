"""Moments of a training: whole epochs and batches of the next one, which also name its checkpoints."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAME = re.compile(r"epoch-(\d{4,9})(?:-batch-(\d{6,9}))?")


@dataclass(frozen=True, order=True)
class Moment:
    """The progress of a training: `epoch` whole epochs, and `batch` batches of the next one."""

    epoch: int = 0
    batch: int = 0

    @property
    def name(self) -> str:
        """The folder name of the checkpoint of this moment."""
        return f"epoch-{self.epoch:04d}" + (f"-batch-{self.batch:06d}" if self.batch else "")

    @classmethod
    def named(cls, name: str) -> Moment | None:
        """The moment of a checkpoint's folder name; None for any other name."""
        found = NAME.fullmatch(name)
        moment = found and cls(int(found[1]), int(found[2] or 0))
        return moment if moment and moment.name == name else None

    def __str__(self) -> str:
        return f"batch {self.batch} of epoch {self.epoch + 1}" if self.batch else f"epoch {self.epoch}"
