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

from netspec.files import TEMPORARY
from netspec.problems import NetspecError
from netspec.problems.reading import NotImported

TARGET = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
SIZES = re.compile(r"(?:([A-Za-z_]\w*)=)?(int64)?\[?\s*(\d{1,6}(?:\s*,\s*\d{1,6})*)\s*\]?", re.ASCII)
IMAGE = "3,224,224"
"""The input of a network for which nothing is said: that of torchvision's."""


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


def import_torch(
    target: str,
    inputs: Sequence[Input] = (),
    *,
    drop_unused: bool = False,
    weights: str | Path | None = None,
) -> ImportedModule:
    """The spec of a module of torch, `MODULE:FACTORY`, proven to have its tensors and to give its outputs.

    This runs the user's code, in a process of its own and with the user's rights. `weights` is a safetensors file to
    which the tensors are saved; one that is there is replaced. Raises NetspecError if the code can't be run, or the
    module does something that no spec says.
    """
    if not TARGET.fullmatch(target):
        raise _refused(target, "it isn't a module and a factory in it", "netspec import torch models.mine:build")
    folder = None if weights is None else Path(weights).resolve().parent
    if folder is not None and not folder.is_dir():
        raise _refused(target, f"there is no folder `{folder}` for the weights")
    with TemporaryDirectory(prefix=TEMPORARY, dir=folder) as scratch:
        request, answer = Path(scratch) / "request.json", Path(scratch) / "answer.json"
        saved = Path(scratch) / "weights.safetensors"
        given = [(item.name, item.sizes, item.indices) for item in inputs or [Input.parse(IMAGE)]]
        wanted = {"target": target, "inputs": given, "drop_unused": drop_unused, "title": f"# Imported from {target}."}
        request.write_text(json.dumps(wanted | {"weights": str(saved) if weights is not None else None}))
        command = [sys.executable, "-m", "netspec.importer", str(request), str(answer)]
        ended = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, env=_environment())
        if not answer.is_file():
            raise _refused(target, f"its process ended with {ended.returncode} and no answer")
        found = json.loads(answer.read_text(encoding="utf-8"))
        if "reason" in found:
            raise _refused(target, found["reason"], found["help"])
        if weights is not None:
            saved.replace(weights)
    return ImportedModule(found["text"], tuple(found["unused"]), tuple(found["remarks"]))


def _environment() -> dict[str, str]:
    """The environment of the process, in which it finds the same netspec."""
    import netspec

    root = str(Path(netspec.__file__).resolve().parents[1])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), root]))}


def _refused(target: str, reason: str, help: str | None = None) -> NetspecError:
    return NetspecError.of(NotImported(None, target, reason, help))
