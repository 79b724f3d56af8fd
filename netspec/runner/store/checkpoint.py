"""Checkpoints: the state of a training as one folder that is whole or absent, without pickle.

A checkpoint is written under another name, and its new name commits it: all of its files, last the manifest with their
SHA-256, are on the disk before, and the name is on the disk after. So a run that is killed at any moment leaves the
checkpoints it had, and perhaps a folder that is never taken for one. Reading one verifies every byte.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any, cast

from safetensors.torch import load, save
from torch import Tensor, nn

from netspec.files import TEMPORARY, as_json, file_record, sync_folder, write_durably
from netspec.formats.confined import read_bytes
from netspec.formats.run_weights import MANIFEST
from netspec.formats.strict_json import from_json
from netspec.problems.base import NetspecError
from netspec.problems.running import CheckpointDamaged
from netspec.program.program import Program
from netspec.runner.machine.environment import version_of
from netspec.runner.nonfinite import all_finite
from netspec.runner.store.packing import pack, unpack
from netspec.saved.formats import STATE
from netspec.saved.moment import Moment

MANIFEST_FORMAT, MANIFEST_BYTES = 1, 2**20
MODEL, TRAINED, OPTIMIZER = "model", "trained", "optimizer"
"""The weights that are evaluated, those that are trained if they are others, and the state of the optimizer."""

ROOM = 64 * 2**20
"""The bytes that a file of tensors may have beside the tensors of the training."""


@dataclass(frozen=True)
class CheckpointData:
    """The content of a checkpoint: tensors by their names in groups, and the rest of the state."""

    path: Path
    tensors: Mapping[str, Mapping[str, Tensor]]
    state: Mapping[str, Any]

    def ensure_of(self, spec_hash: str) -> None:
        """Refuse a checkpoint of a spec with another hash. Raises NetspecError.

        Hashes are compared within one format and one version of netspec only, as others may hash the same spec
        differently. Another version is reported by the run that resumes.
        """
        facts = self.state.get("environment")
        if not isinstance(facts, dict):
            raise damage(self.path, f"{STATE.file} doesn't say where it was written")
        comparable = self.state["format"] == STATE.current and facts.get("netspec") == version_of("netspec-lang")
        if comparable and self.state.get("spec") != spec_hash:
            raise damage(self.path, "it is of another spec")

    def fitted(self) -> tuple[Mapping[str, Any], ...]:
        """What each transform learned, as JSON data. Raises NetspecError if that isn't in the state."""
        found = self.state.get("statistics")
        if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
            raise damage(self.path, f"{STATE.file} doesn't say what was measured")
        return tuple(found)

    def target_fitted(self) -> tuple[Mapping[str, Any], ...]:
        """What each transform of the targets learned, as JSON data; states before format 3 have none. Raises
        NetspecError if that isn't in the state."""
        found = self.state.get("target_statistics", [])
        if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
            raise damage(self.path, f"{STATE.file} doesn't say what was measured of the targets")
        return tuple(found)

    def optimizer(self) -> Any:
        """The state of the optimizer. Raises NetspecError if it doesn't fit the tensors."""
        try:
            return unpack(self.state[OPTIMIZER], self.tensors[OPTIMIZER])
        except (KeyError, TypeError, ValueError) as error:
            raise damage(self.path, f"{STATE.file} doesn't fit the tensors") from error


def checkpoint_files(
    moment: Moment, tensors: Mapping[str, Mapping[str, Tensor]], optimizer: Any, state: Mapping[str, Any]
) -> dict[str, bytes]:
    """The files of a checkpoint by their names, but for its manifest."""
    optimizer_tensors: dict[str, Tensor] = {}
    packed = pack(optimizer, OPTIMIZER, optimizer_tensors)
    groups = {**tensors, OPTIMIZER: optimizer_tensors}
    files = {f"{name}.safetensors": as_safetensors(group) for name, group in groups.items()}
    at = {"format": STATE.current, "epoch": moment.epoch, "batch": moment.batch}
    files[STATE.file] = as_json({**at, **state, OPTIMIZER: packed})
    return files


def commit(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder of files with a manifest of their sizes and hashes, such that it is whole or absent."""
    temporary = path.with_name(f"{TEMPORARY}{token_hex(4)}-{path.name}")
    temporary.mkdir()
    try:
        for name, content in files.items():
            write_durably(temporary / name, content)
        records = {name: file_record(content) for name, content in files.items()}
        write_durably(temporary / MANIFEST, as_json({"format": MANIFEST_FORMAT, "files": records}))
        sync_folder(temporary)
        temporary.rename(path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync_folder(path.parent)


def most_bytes(program: Program) -> int:
    """How large a file of a checkpoint can be: twice the weights, for types of 8 bytes, with all that the optimizer
    remembers of each."""
    return ROOM + 2 * program.graph.weight_bytes * (1 + program.train.optimizer.remembered)


def read_checkpoint(path: Path, most: int = ROOM) -> CheckpointData:
    """Read a checkpoint in the folder of a run's checkpoints and verify every byte of it; each of its files has at most
    so many bytes. Raises NetspecError if anything isn't what was saved."""
    contents = _verified(path, most)
    state = _state(path, contents.pop(STATE.file))
    tensors = {name.removesuffix(".safetensors"): _tensors(path, name, data) for name, data in contents.items()}
    if not {MODEL, OPTIMIZER} <= tensors.keys():
        raise damage(path, "something of it is missing")
    try:
        finite = all_finite(tensor for group in (MODEL, TRAINED) for tensor in tensors.get(group, {}).values())
    except RuntimeError as error:  # types that torch doesn't compute with
        raise damage(path, "its weights are of types that no network has") from error
    if not finite:
        raise damage(path, "a weight isn't finite, and such are never saved")
    moment = moment_of(path)
    for name, number in (("epoch", moment.epoch), ("batch", moment.batch)):
        if type(state.get(name)) is not int or state[name] != number:
            raise damage(path, "it is of another moment than its name says")
    return CheckpointData(path, tensors, state)


def load_weights(path: Path, most: int = ROOM) -> dict[str, Tensor]:
    """The network's state_dict from a checkpoint's folder: the weights that are evaluated."""
    return dict(read_checkpoint(path, most).tensors[MODEL])


def load_into(network: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Load weights into a network. Raises RuntimeError if they are of another one, also if only by their types, which
    torch would convert."""
    own = network.state_dict()
    for name, tensor in weights.items():
        if name in own and tensor.dtype != own[name].dtype:
            raise RuntimeError(f"{name} is {tensor.dtype}")
    network.load_state_dict(weights)


def moment_of(path: Path) -> Moment:
    """The moment of a checkpoint's folder."""
    moment = Moment.named(path.name)
    assert moment is not None, "no checkpoint"
    return moment


def damage(path: Path, reason: str) -> NetspecError:
    """A damaged checkpoint, as a problem."""
    return NetspecError.of(CheckpointDamaged(None, str(path), reason))


def as_safetensors(tensors: Mapping[str, Tensor]) -> bytes:
    # safetensors refuses tensors that share memory, which a copy of each doesn't; programs ask whose tensors they are
    copies = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    return save(copies, metadata={"format": "pt"})


def _verified(path: Path, most: int) -> dict[str, bytes]:
    """The files of a checkpoint by their names."""
    run = path.parents[1]
    try:
        written = read_bytes(path / MANIFEST, run, MANIFEST_BYTES)
        manifest: dict[str, Any] = from_json(written)
        records = {name: manifest["files"][name] for name in map(_plain, manifest["files"])}
        if written != as_json({"format": MANIFEST_FORMAT, "files": records}):
            raise ValueError(MANIFEST)
        contents = {name: read_bytes(path / name, run, most, record["bytes"]) for name, record in records.items()}
        damaged = [name for name, data in contents.items() if records[name] != file_record(data)]
    except OSError as error:
        raise damage(path, f"{Path(error.filename or MANIFEST).name}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damage(path, f"{MANIFEST} isn't a manifest") from error
    if STATE.file not in contents:
        raise damage(path, f"{STATE.file} is missing")
    if damaged:
        raise damage(path, f"{damaged[0]} isn't what was saved")
    return contents


def _plain(name: str) -> str:
    """A name that is no path."""
    if not re.fullmatch(r"[a-z]+\.(safetensors|json)", name):
        raise ValueError(name)
    return name


def _state(path: Path, content: bytes) -> dict[str, Any]:
    """The state in a checkpoint's `state.json`."""
    try:
        state = from_json(content)
        STATE.ensure_readable(state, path)
    except ValueError as error:
        raise damage(path, f"{STATE.file} isn't JSON") from error
    except (KeyError, TypeError) as error:
        raise damage(path, "something of it is missing") from error
    return cast("dict[str, Any]", state)


def _tensors(path: Path, name: str, content: bytes) -> dict[str, Tensor]:
    try:
        return load(content)
    except Exception as error:  # the library's own class, of which its stubs know nothing
        raise damage(path, f"{name} isn't a safetensors file") from error
