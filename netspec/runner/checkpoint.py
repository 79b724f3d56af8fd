"""Checkpoints: weights, optimizer and state of a run as one unit that is whole or not there, without pickle.

A checkpoint is a folder. It is written under another name and renamed when all of it is on the disk, so that a run
that is killed at any moment leaves the checkpoints it had. Reading one verifies every byte.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any, cast

import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from netspec.files import as_json, file_problems, sync_folder, write_atomically, write_durably
from netspec.problems.base import NetspecError
from netspec.problems.running import CheckpointDamaged

FORMAT = 1
MODEL, OPTIMIZER, STATE, MANIFEST = "model.safetensors", "optimizer.safetensors", "state.json", "MANIFEST.json"
INDEX = "index.json"


@dataclass(frozen=True)
class Checkpoints:
    """The checkpoints of one run in their folder, of which the best and the `keep` newest are kept."""

    folder: Path
    keep: int

    def path(self, epoch: int) -> Path:
        return self.folder / f"epoch-{epoch:04d}"

    def save(
        self,
        network: nn.Module,
        optimizer: torch.optim.Optimizer,
        state: Mapping[str, Any],
        *,
        epoch: int,
        best: int | None,
    ) -> None:
        """Commit the state after an epoch; then point to it, and then remove what is no longer kept."""
        tensors, rest = split_tensors(optimizer.state_dict())
        contents = {
            MODEL: as_safetensors(network.state_dict()),
            OPTIMIZER: as_safetensors(tensors),
            STATE: as_json({"format": FORMAT, "epoch": epoch, **state, "optimizer": rest}),
        }
        with file_problems(self.folder):
            self.folder.mkdir(exist_ok=True)
            commit(self.path(epoch), contents)
            self._point(best=best, last=epoch)
            self._prune(best)

    def _point(self, *, best: int | None, last: int) -> None:
        names = {"best": self.path(best).name if best is not None else None, "last": self.path(last).name}
        write_atomically(self.folder / INDEX, as_json(names))

    def _prune(self, best: int | None) -> None:
        for checkpoint in _in_order(self.folder)[: -self.keep]:
            if best is None or checkpoint != self.path(best):
                shutil.rmtree(checkpoint)


def last_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint in a folder of them, None where there is none or no folder."""
    return next(reversed(_in_order(folder)), None)


def _in_order(folder: Path) -> list[Path]:
    """By the numbers in the names: clocks and modification times can't be trusted with what is removed."""
    return sorted(folder.glob("epoch-*"), key=lambda path: int(path.name.removeprefix("epoch-")))


def commit(path: Path, contents: Mapping[str, bytes]) -> None:
    """Write a folder of files with a manifest of their sizes and hashes, such that it is whole or not there."""
    temporary = path.with_name(f".tmp-{token_hex(4)}-{path.name}")
    temporary.mkdir()
    try:
        for name, content in contents.items():
            write_durably(temporary / name, content)
        files = {name: {"bytes": len(data), "sha256": sha256(data).hexdigest()} for name, data in contents.items()}
        write_durably(temporary / MANIFEST, as_json({"format": FORMAT, "files": files}))
        sync_folder(temporary)
        temporary.rename(path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync_folder(path.parent)


def load_weights(checkpoint: Path) -> dict[str, Tensor]:
    """The network's state_dict from a checkpoint's folder, every byte of which is verified."""
    return _as_tensors(checkpoint, read_verified(checkpoint)[MODEL])


def read_verified(checkpoint: Path) -> dict[str, bytes]:
    """The files of a checkpoint by their names; raises a problem where one isn't what was saved."""
    try:
        files = json.loads((checkpoint / MANIFEST).read_bytes())["files"]
        contents = {name: (checkpoint / name).read_bytes() for name in (MODEL, OPTIMIZER, STATE)}
        damaged = [name for name, data in contents.items() if files[name]["sha256"] != sha256(data).hexdigest()]
    except OSError as error:
        raise _damage(checkpoint, f"{Path(error.filename or MANIFEST).name}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise _damage(checkpoint, f"{MANIFEST} isn't a manifest") from error
    if damaged:
        raise _damage(checkpoint, f"{damaged[0]} isn't what was saved")
    return contents


def split_tensors(state: Mapping[str, Any]) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """An optimizer's state_dict as tensors, named `<parameter number>.<name>`, and what JSON can hold."""
    tensors: dict[str, Tensor] = {}
    numbers: dict[str, dict[str, Any]] = {}
    for parameter, values in cast("dict[int, dict[str, Any]]", state["state"]).items():
        numbers[str(parameter)] = {}
        for name, value in values.items():
            if isinstance(value, Tensor):
                tensors[f"{parameter}.{name}"] = value
            else:
                numbers[str(parameter)][name] = value
    return tensors, {"state": numbers, "param_groups": state["param_groups"]}


def as_safetensors(tensors: Mapping[str, Tensor]) -> bytes:
    return save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()})


def _as_tensors(checkpoint: Path, content: bytes) -> dict[str, Tensor]:
    try:
        return load(content)
    except Exception as error:  # the library's own class, of which its stubs know nothing
        raise _damage(checkpoint, f"{MODEL} isn't a safetensors file") from error


def _damage(checkpoint: Path, reason: str) -> NetspecError:
    return NetspecError.of(CheckpointDamaged(None, str(checkpoint), reason))
