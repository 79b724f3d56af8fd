"""The record of a teacher in a run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any, Self

from netspec.catalogue.entry import as_text
from netspec.files import finite_or_none
from netspec.formats.confined import read_json
from netspec.formats.strict_json import as_number
from netspec.saved.formats import TEACHERS
from netspec.saved.spec import no_run

DIGEST = re.compile(r"[0-9a-f]{64}")


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

    @classmethod
    def from_data(cls, data: Any) -> Self:
        """The record again. Raises ValueError, TypeError, KeyError or AttributeError if the data isn't that of one."""
        folder, checkpoint, digest = (as_text(data[name]) for name in ("folder", "checkpoint", "digest"))
        if not Path(folder).is_absolute() or "\0" in folder or not DIGEST.fullmatch(digest):
            raise ValueError("no folder or no digest")
        values = {as_text(name): nan if value is None else as_number(value) for name, value in data["values"].items()}
        return cls(folder, checkpoint, digest, values)


def read_teachers(folder: Path) -> dict[str, TeacherRecord] | None:
    """The teachers that a run began with, by their names in the record; None if there is no record. Raises NetspecError
    if it isn't what netspec writes."""
    try:
        record = read_json(folder / TEACHERS.file, folder)
        TEACHERS.ensure_readable(record, folder)
        return {as_text(name): TeacherRecord.from_data(found) for name, found in record["teachers"].items()}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise no_run(folder, f"{TEACHERS.file} isn't what was written") from error
