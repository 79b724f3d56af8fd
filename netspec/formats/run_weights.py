"""The weights of a saved run: which file of its folder they are, found without torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from netspec.formats.confined import is_folder_of, open_confined, read_bytes, read_json
from netspec.formats.errors import DataError
from netspec.formats.files import may_be_quoted, why_no_folder
from netspec.formats.safetensors import read_header
from netspec.formats.strict_json import from_json
from netspec.formats.weights_file import WeightsFile

Which = Literal["best", "last"]
CHECKPOINTS, RECORD = "checkpoints", "run.json"
INDEX, MANIFEST, MODEL = "index.json", "MANIFEST.json", "model.safetensors"
"""In the folder of checkpoints, and in each of them."""
MANIFEST_BYTES = 2**20


def run_weights(written: str, folder: Path, spec: Path, which: Which | None = None) -> WeightsFile:
    """The weights of the run in a folder, which a spec in the folder `spec` writes as `written`: its best or its last
    ones, by default those that it ended with. Raises DataError that blames `run`."""
    if reason := why_no_folder(written, folder):
        raise DataError("missing", reason, argument="run", help=_help(written))
    try:
        return _weights(written, folder, spec, which)
    except OSError as error:
        name = Path(error.filename or written).name
        reason = f"`{written}` isn't the folder of a run with weights: {name}: {error.strerror}"
        raise DataError("missing", reason, argument="run", help=_runs_in(written, folder)) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        reason = f"`{written}` isn't the folder of a run: a file in it isn't what netspec writes"
        raise DataError("malformed", reason, argument="run") from None


def _weights(written: str, folder: Path, spec: Path, which: Which | None) -> WeightsFile:
    index: dict[str, Any] = read_json(folder / CHECKPOINTS / INDEX, folder)
    name = index[which or _ended_with(folder)]
    if name is None:
        raise DataError(
            "missing", f"the run `{written}` has no `{which}` weights", argument="weights", help="use `last`"
        )
    if not isinstance(name, str) or Path(name).name != name:
        raise ValueError(INDEX)
    checkpoint = folder / CHECKPOINTS / name
    manifest = from_json(read_bytes(checkpoint / MANIFEST, folder, MANIFEST_BYTES))
    digest = manifest["files"][MODEL]["sha256"]
    if not isinstance(digest, str):
        raise TypeError(MANIFEST)
    shown = f"{written}/{CHECKPOINTS}/{name}/{MODEL}"
    quotable = may_be_quoted([folder], spec)
    with open_confined(checkpoint / MODEL, folder) as file:
        header = read_header(file, shown, argument="run", quotable=quotable)
    note = f"{folder.resolve().name}, {name}"
    return WeightsFile(shown, checkpoint / MODEL, header, folder, digest, quotable, note)


def _ended_with(folder: Path) -> Which:
    """The weights that a run ended with: those of its best epoch if it restored them; of an unfinished run the last."""
    try:
        record = read_json(folder / RECORD, folder)
    except FileNotFoundError:
        return "last"
    return "last" if record["epochs"]["restored"] is None else "best"


def _help(written: str) -> str:
    if Path(written).suffix in (".net", ".json"):
        return "name the run's folder, which `netspec runs` lists, not its spec"
    return "paths are relative to the spec's folder; `netspec runs` lists the runs below the current one"


def _runs_in(written: str, folder: Path) -> str:
    """The run that was likely meant by a folder of several."""
    try:
        names = sorted(item.name for item in folder.iterdir() if is_folder_of(item / CHECKPOINTS, folder))
    except OSError:
        names = []
    return f"name one of its runs, such as `{written.rstrip('/')}/{names[-1]}`" if names else _help(written)
