"""The weights of a saved run: which file of its folder they are, found without torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from netspec.formats.confined import is_folder_of, open_confined, read_bytes, read_json
from netspec.formats.errors import DataError
from netspec.formats.files import may_be_quoted, resolve, why_no_folder
from netspec.formats.safetensors import read_header
from netspec.formats.strict_json import from_json
from netspec.formats.weights_file import WeightsFile

Which = Literal["best", "last"]
CHECKPOINTS, RECORD = "checkpoints", "run.json"
INDEX, MANIFEST, MODEL = "index.json", "MANIFEST.json", "model.safetensors"
"""In the folder of checkpoints, and in each of them."""
MANIFEST_BYTES = 2**20


def run_folder(written: str, spec: Path) -> Path:
    """The folder of a run that a spec in the folder `spec` names: beside the spec, else below the current folder, where
    runs are saved by default. Raises DataError that blames `run`."""
    for folder in (spec, Path()):
        path = resolve(written, folder)
        if not why_no_folder(written, path):
            return path
    reason = why_no_folder(written, resolve(written, spec))
    raise DataError("missing", str(reason), argument="run", help=_help(written))


def run_weights(written: str, folder: Path, spec: Path, which: Which | None = None) -> WeightsFile:
    """The weights of the run in a folder, which a spec in the folder `spec` writes as `written`: its best or its last
    ones, by default those that it ended with. Raises DataError that blames `run`."""
    try:
        return _weights(written, folder, spec, which)
    except OSError as error:
        if runs := _runs_in(folder):
            reason = f"`{written}` is the folder of several runs, not of one"
            help = f"name one of them, such as `{written.rstrip('/')}/{runs[-1]}`"
            raise DataError("missing", reason, argument="run", help=help) from None
        name = Path(error.filename or written).name
        why = "no checkpoint was saved" if name == INDEX else f"{name}: {error.strerror}"
        reason = f"`{written}` isn't the folder of a run with weights: {why}"
        raise DataError("missing", reason, argument="run", help=_help(written)) from None
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
    return "runs are looked for beside the spec, then below the current folder; `netspec runs` lists those there"


def _runs_in(folder: Path) -> list[str]:
    """The names of the runs with checkpoints in a folder, such as those of several seeds."""
    try:
        return sorted(item.name for item in folder.iterdir() if is_folder_of(item / CHECKPOINTS, folder))
    except OSError:
        return []
