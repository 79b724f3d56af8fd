"""The record of a teacher in a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netspec.files import finite_or_none


@dataclass(frozen=True)
class TeacherRecord:
    """A teacher that a network learned from: the folder of its run, the checkpoint with its weights and their SHA-256,
    and its metrics on the split that the network is evaluated on."""

    folder: str
    checkpoint: str
    digest: str
    values: Mapping[str, float]

    def as_data(self) -> dict[str, Any]:
        """The record as JSON data."""
        values = {name: finite_or_none(value) for name, value in self.values.items()}
        return {"folder": self.folder, "checkpoint": self.checkpoint, "digest": self.digest, "values": values}
