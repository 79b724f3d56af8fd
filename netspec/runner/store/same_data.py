"""The data that a run had: a run goes on with no other, nor is it judged or summed up with other runs on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netspec.data.data_record import DataRecord
from netspec.problems.base import NetspecError
from netspec.problems.running import OtherData
from netspec.program.program import Program


def ensure_same(program: Program, used: DataRecord, digest: Any, path: Path) -> None:
    """Refuse data that isn't what a run or a checkpoint had, by its digest there. Raises NetspecError."""
    if used.digest != digest:
        span, several = program.span_of("data.source"), len(program.sources) > 1
        raise NetspecError.of(OtherData(span, str(path), f"`{used.source}` has now", several, used.note))
