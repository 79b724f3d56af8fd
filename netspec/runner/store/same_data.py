"""The data of a run: resuming, evaluating and aggregating runs on other data is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from netspec.problems.base import NetspecError
from netspec.problems.running import OtherData
from netspec.program.program import Program


class Found(Protocol):
    """Data as it is now: the source that it is from, why it isn't the first one, and the SHA-256 of all samples."""

    @property
    def source(self) -> str: ...
    @property
    def note(self) -> str | None: ...
    @property
    def digest(self) -> str: ...


def ensure_same_data(program: Program, record: Found, digest: Any, path: Path) -> None:
    """Refuse data whose digest isn't the one stored at the path of a run or a checkpoint. Raises NetspecError."""
    if record.digest != digest:
        span, several = program.span_of("data.source"), len(program.sources) > 1
        raise NetspecError.of(OtherData(span, str(path), f"`{record.source}` has now", several, record.note))
