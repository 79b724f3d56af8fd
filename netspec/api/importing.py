"""Specs from modules of torch: the user's code runs in a process of its own, and what it is becomes a text."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from netspec.files import TEMPORARY, not_written, put
from netspec.problems import NetspecError
from netspec.problems.reading import NotImported, NotWritable

TARGET = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
SIZES = re.compile(r"(?:([A-Za-z_]\w*)=)?(int64)?\[?\s*(\d{1,6}(?:\s*,\s*\d{1,6})*)\s*\]?", re.ASCII)
IMAGE = "3,224,224"
"""The input of a network for which nothing is said: that of torchvision's."""
OVERWRITE = "`--force` writes over it"


@dataclass(frozen=True)
class Input:
    """An input of a module: its name or none, its sizes without the batch, and whether it is indices."""

    name: str | None
    sizes: tuple[int, ...]
    indices: bool = False

    @classmethod
    def parse(cls, text: str) -> Input:
        """`3,224,224`, `left=1,28,28` or `int64[64]`. Raises ValueError for anything else."""
        found = SIZES.fullmatch(text.strip())
        if found is None or "0" in found[3].replace(" ", "").split(","):
            raise ValueError("it is sizes without the batch, such as 3,224,224, left=1,28,28 or int64[64]")
        return cls(found[1], tuple(map(int, found[3].split(","))), found[2] is not None)


@dataclass(frozen=True)
class ImportedModule:
    """The text of the spec, names of tensors that aren't in it, and remarks."""

    text: str
    unused: tuple[str, ...]
    remarks: tuple[str, ...]


def weights_beside(spec: Path) -> Path:
    """The file of the weights that belong to an imported spec."""
    return spec.with_suffix(".safetensors")


def import_torch(
    target: str,
    inputs: Sequence[Input] = (),
    *,
    drop_unused: bool = False,
    out: str | Path | None = None,
    weights: bool = False,
    force: bool = False,
) -> ImportedModule:
    """The spec of a module of torch, `MODULE:FACTORY`, proven to have its tensors and to give its outputs.

    This runs the user's code, in a process of its own and with the user's rights. `out` is a `.net` file to write; with
    `weights` the module's tensors are saved beside it, as safetensors from which a run of the spec starts. `force`
    overwrites files that are there. Raises NetspecError if the code can't be run, if the module does something that no
    spec says, or if a file can't be written; then none is.
    """
    if not TARGET.fullmatch(target):
        raise _refused(target, "it isn't a module and a factory in it", "netspec import torch models.mine:build")
    if weights and out is None:
        raise ValueError("weights are saved beside a spec: name it in `out`")
    spec = Path(out or "imported.net")
    if spec.suffix != ".net" or (weights and not spec.name.isprintable()):
        raise NetspecError.of(
            NotWritable(
                None, str(spec), "it isn't the name of a .net file", "end the name in `.net`, as in `--out net.net`"
            )
        )
    places = [spec, *([weights_beside(spec)] if weights else [])] if out is not None else []
    for place in places:
        if place.exists() and not force:
            raise NetspecError.of(NotWritable(None, str(place), "it is there already", OVERWRITE))
    folder = spec.parent.resolve() if out is not None else None
    try:
        with TemporaryDirectory(prefix=TEMPORARY, dir=folder, ignore_cleanup_errors=True) as scratch:
            written = Path(scratch) / spec.name
            found = _answer(target, inputs, written, drop_unused=drop_unused, weights=weights)
            text = written.read_text(encoding="utf-8")
            put({written.with_name(place.name): place for place in places}, force=force, otherwise=OVERWRITE)
    except OSError as error:
        raise not_written(str(spec), error) from error
    return ImportedModule(text, tuple(found["unused"]), tuple(found["remarks"]))


def _answer(target: str, inputs: Sequence[Input], spec: Path, *, drop_unused: bool, weights: bool) -> dict[str, Any]:
    """What the process says that writes the spec, and the weights beside it. Raises NetspecError or OSError."""
    with TemporaryDirectory(prefix=TEMPORARY) as scratch:
        request, answer = Path(scratch) / "request.json", Path(scratch) / "answer.json"
        wanted = {
            "target": target,
            "inputs": [(item.name, item.sizes, item.indices) for item in inputs or [Input.parse(IMAGE)]],
            "drop_unused": drop_unused,
            "title": f"# Imported from {target}.",
            "spec": str(spec),
            "weights": weights_beside(spec).name if weights else None,
        }
        request.write_text(json.dumps(wanted))
        command = [sys.executable, "-m", "netspec.importer", str(request), str(answer)]
        ended = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, env=_environment())
        if not answer.is_file():
            help = "the memory may be too small" if ended.returncode < 0 else None
            raise _refused(target, f"its process ended with {ended.returncode} and no answer", help)
        found = json.loads(answer.read_text(encoding="utf-8"))
    if "errno" in found:
        raise OSError(found["errno"], found["error"])
    if "reason" in found:
        raise _refused(target, found["reason"], found["help"])
    return found


def _environment() -> dict[str, str]:
    """The environment of the process, in which it finds the same netspec."""
    import netspec

    root = str(Path(netspec.__file__).resolve().parents[1])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), root]))}


def _refused(target: str, reason: str, help: str | None = None) -> NetspecError:
    return NetspecError.of(NotImported(None, target, reason, help))
