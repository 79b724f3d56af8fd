"""The record of the stages of a run: which they are, and what came of them once all are over."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from netspec.catalogue.entry import as_list, as_text
from netspec.catalogue.stages import Stage
from netspec.files import as_json, file_problems, write_atomically
from netspec.formats.confined import read_json
from netspec.problems.base import NetspecError
from netspec.problems.compressing import OtherStages
from netspec.problems.running import NoRun
from netspec.program.written import written
from netspec.saved.formats import STAGES
from netspec.saved.run_files import ensure_own
from netspec.saved.stage_record import StageRecord


def begin(place: Path, stages: Sequence[Stage]) -> tuple[StageRecord, ...] | None:
    """Make the folder of some stages, or find the one in which they were begun; what came of them if they are over.
    Raises NetspecError if other stages were begun there."""
    with file_problems(place):
        place.mkdir(parents=True, exist_ok=True)
        ensure_own(place)
        wanted = list(map(written, stages))
        try:
            record: Any = read_json(place / STAGES.file, place)
        except ValueError as error:
            raise NetspecError.of(NoRun(None, str(place), f"{STAGES.file} isn't what was written")) from error
        except FileNotFoundError:
            write_atomically(
                place / STAGES.file, as_json({"format": STAGES.current, "stages": wanted, "records": None})
            )
            return None
    try:
        STAGES.ensure_readable(record, place)
        begun = tuple(map(as_text, as_list(record["stages"])))
        records = None if record["records"] is None else tuple(map(StageRecord.from_data, record["records"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NetspecError.of(NoRun(None, str(place), f"{STAGES.file} isn't what was written")) from error
    if list(begun) != wanted:
        raise NetspecError.of(OtherStages(None, str(place), " -> ".join(begun)))
    return records


def end(place: Path, stages: Sequence[Stage], records: Sequence[StageRecord]) -> None:
    """Write down what came of all stages."""
    data = {
        "format": STAGES.current,
        "stages": list(map(written, stages)),
        "records": [record.as_data() for record in records],
    }
    with file_problems(place):
        write_atomically(place / STAGES.file, as_json(data))
