"""The record of what a run loaded before its first step, in `weights.json`: files, digests, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from netspec.formats.confined import read_json
from netspec.problems.base import NetspecError
from netspec.problems.running import NoRun
from netspec.problems.weights import WeightsChanged
from netspec.program.loading import LoadedWeights
from netspec.program.program import Program
from netspec.runner.store.folder import RunFolder
from netspec.saved.formats import WEIGHTS


def write_record(folder: RunFolder, loaded: Sequence[LoadedWeights]) -> None:
    """Write what a run has loaded."""
    folder.write_json(WEIGHTS.file, {"format": WEIGHTS.current, "loaded": [each.to_json() for each in loaded]})


def load_record(folder: Path) -> tuple[LoadedWeights, ...]:
    """What the run in a folder loaded; nothing if it has no record of that. Raises NetspecError."""
    try:
        record = read_json(folder / WEIGHTS.file, folder)
        WEIGHTS.ensure_readable(record, folder)
        return tuple(map(LoadedWeights.from_json, record["loaded"]))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise NetspecError.of(NoRun(None, str(folder), f"{WEIGHTS.file}: {error.strerror}")) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NetspecError.of(NoRun(None, str(folder), f"{WEIGHTS.file} isn't what was written")) from error


def ensure_same_weights(program: Program, loaded: Sequence[LoadedWeights], folder: Path) -> None:
    """Refuse to start a run again with other weights than it started with before it was interrupted. Raises
    NetspecError."""
    before = {each.rule: each.sha256 for each in load_record(folder)}
    for each in loaded:
        if before.get(each.rule, each.sha256) != each.sha256:
            reason = f"`{each.file}` isn't the file that the run in `{folder}` started with"
            help = "restore the file, or start a new run"
            raise NetspecError.of(WeightsChanged(program.span_of("train.init"), reason, help))
