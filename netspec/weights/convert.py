"""Conversion of files of torch.save to safetensors, in a process of its own that runs none of their code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from netspec.files import TEMPORARY, put
from netspec.formats.errors import DataError
from netspec.formats.safetensors import Header, read_header
from netspec.problems import NetspecError
from netspec.problems.weights import NotConverted, WeightsMissing
from netspec.wording import counted


@dataclass(frozen=True)
class Conversion:
    """What a conversion took of a file: the header of what was written, the key that the tensors were under, what was
    taken off their names, how many became float32, and the names of what was left out. `sha256` is the source's."""

    header: Header
    sha256: str
    elements: int
    key: str
    stripped: str
    narrowed: int
    ignored: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What isn't as it was in the file, in words."""
        found: list[str] = []
        if self.key:
            found.append(f"taken from `{self.key}`")
        if self.stripped:
            found.append(f"names without `{self.stripped}`")
        if self.narrowed:
            found.append(f"{counted(self.narrowed, 'tensor')} of float64 as float32")
        if self.ignored:
            found.append(f"not tensors, left out: {', '.join(self.ignored)}")
        return tuple(found)


def convert(source: Path, target: Path, key: str | None = None) -> Conversion:
    """Write the tensors of a file of torch.save to a new safetensors file. Raises NetspecError, or OSError if it can't
    be written; then there is no new file."""
    if not source.is_file():
        raise NetspecError.of(WeightsMissing(None, f"there is no file `{source}`"))
    try:
        facts = _facts(source, target, key)
        with target.open("rb") as file:
            header = read_header(file, target.name)
    except DataError as error:
        target.unlink(missing_ok=True)
        raise NetspecError.of(NotConverted(None, error.reason, error.help)) from error
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Conversion(
        header,
        facts["sha256"],
        facts["elements"],
        facts["key"],
        facts["stripped"],
        facts["narrowed"],
        tuple(facts["ignored"]),
    )


def _facts(source: Path, target: Path, key: str | None) -> dict[str, Any]:
    """What the conversion says of itself. Raises NetspecError or OSError if it failed."""
    facts = in_a_process(source, target, key)
    if "errno" in facts:
        raise OSError(facts["errno"], facts["error"], str(target))
    if "error" in facts:
        reason = f"`{source}` can't be converted: {facts['error']}"
        raise NetspecError.of(NotConverted(None, reason, facts.get("help")))
    return facts


def in_a_process(source: Path, target: Path, key: str | None) -> dict[str, Any]:
    """Convert in a process of its own; returns what it says. Raises NetspecError if it says nothing."""
    # -P: not even a module of torch's name in the current folder is imported
    command = (sys.executable, "-P", "-m", "netspec.weights.unpickle", str(source), str(target), key or "")
    ran = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "CUDA_VISIBLE_DEVICES": ""})
    try:
        return json.loads(ran.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        reason = f"`{source}` can't be converted: the process that reads it ended with {ran.returncode}"
        help = "the memory may be too small" if ran.returncode < 0 else None
        raise NetspecError.of(NotConverted(None, reason, help)) from None


def convert_to(source: Path, target: Path, key: str | None = None, *, force: bool = False) -> Conversion:
    """The same to a file of the user's, which with `force` may be there already."""
    temporary = target.with_name(f"{TEMPORARY}{token_hex(4)}-{target.name[:30]}")
    found = convert(source, temporary, key)
    try:
        put({temporary: target}, force=force, otherwise="`--force` writes over it")
    finally:
        temporary.unlink(missing_ok=True)
    return found
