"""The data of a run: resuming, evaluating and aggregating runs on other data is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netspec.data.data_record import DataRecord
from netspec.problems.base import NetspecError
from netspec.problems.running import OtherData
from netspec.program.program import Program


def ensure_same_data(program: Program, record: DataRecord, digest: Any, path: Path) -> None:
    """Refuse data whose digest isn't the one stored at the path of a run or a checkpoint. Raises NetspecError."""
    if record.digest != digest:
        span, several = program.span_of("data.source"), len(program.sources) > 1
        raise NetspecError.of(OtherData(span, str(path), f"`{record.source}` has now", several, record.note))
