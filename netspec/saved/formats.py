"""Formats of the JSON files in a run folder: the number that each is written with, and the older ones that are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netspec.immutable import immutable
from netspec.problems.base import NetspecError
from netspec.problems.running import OtherFormat


@immutable
class Format:
    """A file with the number of its format: `current` is written, and all from `oldest` on are read."""

    file: str
    current: int
    oldest: int

    def ensure_readable(self, content: Any, folder: Path) -> None:
        """Refuse the content of the file in a folder if its format isn't read.

        Raises NetspecError for another format, and KeyError or TypeError for content that has none.
        """
        number = content["format"]
        if type(number) is not int:
            raise TypeError("no format")
        if not self.oldest <= number <= self.current:
            raise NetspecError.of(OtherFormat(None, str(folder / self.file), number, self.oldest, self.current))


# The hash of a spec is computed differently since format 3 of the spec, of the state and of the record.
SPEC = Format("spec.json", current=3, oldest=2)
"""The spec of a run."""
# Format 3 of the state has what was measured of the targets, and the losses of batches with what they are means over.
STATE = Format("state.json", current=3, oldest=1)
"""The state in a checkpoint."""
RECORD = Format("run.json", current=3, oldest=1)
"""The record of a finished run."""
WEIGHTS = Format("weights.json", current=1, oldest=1)
"""What a run loaded before its first step."""
TEACHERS = Format("teachers.json", current=1, oldest=1)
"""The teachers that a run has begun with: where their runs are, and the digests of their weights."""
STAGES = Format("stages.json", current=1, oldest=1)
"""The stages that a network goes through, and what came of them."""
STUDY = Format("study.json", current=SPEC.current, oldest=SPEC.current)
"""The spec of a study, as runs have theirs."""
JOURNAL = Format("journal.jsonl", current=1, oldest=1)
"""What happened in a study, line by line."""
REPORT = "report.html"
"""The report of a run, which is written last: a run that has both is finished, and has nothing left to write."""
