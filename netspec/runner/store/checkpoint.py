"""Checkpoints: everything of a training as one unit that is whole or not there, without pickle.

A checkpoint is a folder. It is written under another name, and what commits it is its new name: all files of it, its
manifest with their SHA-256 last, are on the disk before, and the name is on the disk after. So a run that is killed at
any moment leaves the checkpoints it had, and perhaps a folder that nobody takes for one. Reading one verifies every
byte; of several the newest whole one is taken, by the numbers in their names, as clocks can't be trusted.
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

from netspec.files import (
    as_json,
    described,
    file_problems,
    from_json,
    sync_folder,
    write_atomically,
    write_durably,
)
from netspec.problems.base import NetspecError
from netspec.problems.running import CheckpointDamaged
from netspec.runner.machine.environment import version_of
from netspec.runner.nonfinite import all_finite
from netspec.runner.store.packing import pack, unpack

FORMAT = 1
STATE, MANIFEST = "state.json", "MANIFEST.json"
INDEX = "index.json"
MODEL, TRAINED, OPTIMIZER = "model", "trained", "optimizer"
"""The weights that are judged, those that are trained where they are others, and what the optimizer remembers."""

NAME = re.compile(r"epoch-(\d{4,9})(?:-batch-(\d{6,9}))?")
TEMPORARY = ".tmp-"


@dataclass(frozen=True, order=True)
class Moment:
    """How far a training is: whole epochs, and batches of the next one."""

    epoch: int = 0
    batch: int = 0

    @property
    def name(self) -> str:
        """What the checkpoint of that moment is called."""
        return f"epoch-{self.epoch:04d}" + (f"-batch-{self.batch:06d}" if self.batch else "")

    @classmethod
    def named(cls, name: str) -> Moment | None:
        """The moment that a folder's name stands for; None if it is no checkpoint's."""
        found = NAME.fullmatch(name)
        moment = found and cls(int(found[1]), int(found[2] or 0))
        return moment if moment and moment.name == name else None

    def __str__(self) -> str:
        return f"batch {self.batch} of epoch {self.epoch + 1}" if self.batch else f"epoch {self.epoch}"


@dataclass(frozen=True)
class Saved:
    """What a checkpoint holds: tensors by their names in groups, and the rest of the state."""

    path: Path
    tensors: Mapping[str, Mapping[str, Tensor]]
    state: Mapping[str, Any]

    def ensure_of(self, spec: str) -> None:
        """Refuse a checkpoint of another spec than the one with that hash.

        Another version of netspec may give the same spec another hash, and is said by who resumes.
        """
        facts = self.state.get("environment")
        if not isinstance(facts, dict):
            raise damage(self.path, f"{STATE} doesn't say where it was written")
        if self.state.get("spec") != spec and facts.get("netspec") == version_of("netspec-lang"):
            raise damage(self.path, "it is of another spec")

    def fitted(self) -> tuple[Mapping[str, Any], ...]:
        """What each transform learned, as JSON data."""
        found = self.state.get("statistics")
        if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
            raise damage(self.path, f"{STATE} doesn't say what was measured")
        return tuple(found)

    def optimizer(self) -> Any:
        """What the optimizer remembers."""
        try:
            return unpack(self.state[OPTIMIZER], self.tensors[OPTIMIZER])
        except (KeyError, TypeError, ValueError) as error:
            raise damage(self.path, f"{STATE} doesn't fit the tensors") from error


@dataclass(frozen=True)
class Checkpoints:
    """The checkpoints of one run in their folder, of which the best and the `keep` newest are kept."""

    folder: Path
    keep: int = 1

    def path(self, moment: Moment) -> Path:
        return self.folder / moment.name

    def save(
        self,
        moment: Moment,
        tensors: Mapping[str, Mapping[str, Tensor]],
        optimizer: Any,
        state: Mapping[str, Any],
        *,
        best: int | None,
    ) -> None:
        """Commit the state of a moment; then point to it, and then remove what is no longer kept.

        `best` is the epoch whose checkpoint stays. What is there under the moment's name already is the same state,
        and stays.
        """
        remembered: dict[str, Tensor] = {}
        packed = pack(optimizer, OPTIMIZER, remembered)
        groups = {**tensors, OPTIMIZER: remembered}
        contents = {f"{name}.safetensors": as_safetensors(group) for name, group in groups.items()}
        at = {"format": FORMAT, "epoch": moment.epoch, "batch": moment.batch}
        contents[STATE] = as_json({**at, **state, OPTIMIZER: packed})
        with file_problems(self.folder):
            self.folder.mkdir(exist_ok=True)  # not the run's folder: without its spec a checkpoint is of no use
            if not self.path(moment).exists():
                commit(self.path(moment), contents)
            self._point(best=best, last=moment)
            self._prune(best)

    def newest(self) -> tuple[Saved | None, tuple[NetspecError, ...]]:
        """The newest checkpoint that is whole, and what is wrong with those that are newer."""
        damages: list[NetspecError] = []
        for path in reversed(in_order(self.folder)):
            try:
                return read_checkpoint(path), tuple(damages)
            except NetspecError as error:
                damages.append(error)
        return None, tuple(damages)

    def discard(self, newer_than: Moment) -> None:
        """Remove the checkpoints that come after a moment: damaged ones, and the future of a run that went back."""
        with file_problems(self.folder):
            for path in in_order(self.folder):
                if moment_of(path) > newer_than:
                    _remove(path)

    def clear(self) -> None:
        """Remove what runs that were killed left half-written."""
        with file_problems(self.folder):
            for path in self.folder.glob(f"{TEMPORARY}*"):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)

    def _point(self, *, best: int | None, last: Moment) -> None:
        """Say which is which, for people and their scripts; what is resumed is found without it."""
        names = {"best": Moment(best).name if best is not None else None, "last": last.name}
        write_atomically(self.folder / INDEX, as_json(names))

    def _prune(self, best: int | None) -> None:
        for path in in_order(self.folder)[: -self.keep]:
            if best is None or path != self.path(Moment(best)):
                _remove(path)


def last_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint in a folder of them, None where there is none or no folder."""
    return next(reversed(in_order(folder)), None)


def in_order(folder: Path) -> list[Path]:
    """The checkpoints of a folder, the oldest first."""
    if not folder.is_dir():
        return []
    return sorted((path for path in folder.iterdir() if Moment.named(path.name)), key=moment_of)


def moment_of(path: Path) -> Moment:
    moment = Moment.named(path.name)
    assert moment is not None, "no checkpoint"
    return moment


def commit(path: Path, contents: Mapping[str, bytes]) -> None:
    """Write a folder of files with a manifest of their sizes and hashes, such that it is whole or not there."""
    temporary = path.with_name(f"{TEMPORARY}{token_hex(4)}-{path.name}")
    temporary.mkdir()
    try:
        for name, content in contents.items():
            write_durably(temporary / name, content)
        files = {name: described(data) for name, data in contents.items()}
        write_durably(temporary / MANIFEST, as_json({"format": FORMAT, "files": files}))
        sync_folder(temporary)
        temporary.rename(path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync_folder(path.parent)


def _remove(path: Path) -> None:
    """Take a checkpoint away, first its name, so that no half of one is ever taken for a whole."""
    gone = path.with_name(f"{TEMPORARY}{token_hex(4)}-{path.name}")
    path.rename(gone)
    if gone.is_dir() and not gone.is_symlink():
        shutil.rmtree(gone)
    else:  # something else in a checkpoint's place; what a link leads to isn't ours
        gone.unlink()


def read_checkpoint(path: Path) -> Saved:
    """A checkpoint, every byte of which is verified; raises a problem where something isn't what was saved."""
    contents = _verified(path)
    try:
        state = from_json(contents.pop(STATE))
    except ValueError as error:
        raise damage(path, f"{STATE} isn't JSON") from error
    tensors = {name.removesuffix(".safetensors"): _tensors(path, name, data) for name, data in contents.items()}
    if not isinstance(state, dict) or not {MODEL, OPTIMIZER} <= tensors.keys():
        raise damage(path, "something of it is missing")
    saved = Saved(path, tensors, cast("dict[str, Any]", state))
    try:
        finite = all_finite(tensor for group in (MODEL, TRAINED) for tensor in tensors.get(group, {}).values())
    except RuntimeError as error:  # types that torch doesn't compute with
        raise damage(path, "its weights are of types that no network has") from error
    if not finite:
        raise damage(path, "a weight isn't finite, and such are never saved")
    moment = moment_of(path)
    for name, number in (("epoch", moment.epoch), ("batch", moment.batch)):
        if type(saved.state.get(name)) is not int or saved.state[name] != number:
            raise damage(path, "it is of another moment than its name says")
    return saved


def load_weights(path: Path) -> dict[str, Tensor]:
    """The network's state_dict from a checkpoint's folder: the weights that are judged."""
    return dict(read_checkpoint(path).tensors[MODEL])


def load_into(network: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Give a network its weights. Raises RuntimeError if they are those of another one; torch would convert types."""
    own = network.state_dict()
    for name, tensor in weights.items():
        if name in own and tensor.dtype != own[name].dtype:
            raise RuntimeError(f"{name} is {tensor.dtype}")
    network.load_state_dict(weights)


def _verified(path: Path) -> dict[str, bytes]:
    """The files of a checkpoint by their names."""
    try:
        written = (path / MANIFEST).read_bytes()
        manifest: dict[str, Any] = from_json(written)
        contents = {name: (path / name).read_bytes() for name in map(_plain, manifest["files"])}
        damaged = [name for name, data in contents.items() if manifest["files"][name] != described(data)]
        if written != as_json({"format": FORMAT, "files": manifest["files"]}):
            raise ValueError(MANIFEST)
    except OSError as error:
        raise damage(path, f"{Path(error.filename or MANIFEST).name}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damage(path, f"{MANIFEST} isn't a manifest") from error
    if STATE not in contents:
        raise damage(path, f"{STATE} is missing")
    if damaged:
        raise damage(path, f"{damaged[0]} isn't what was saved")
    return contents


def _plain(name: str) -> str:
    """A name that is no path."""
    if not re.fullmatch(r"[a-z]+\.(safetensors|json)", name):
        raise ValueError(name)
    return name


def as_safetensors(tensors: Mapping[str, Tensor]) -> bytes:
    # safetensors refuses tensors that share memory, which a copy of each doesn't
    return save({name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()})


def _tensors(path: Path, name: str, content: bytes) -> dict[str, Tensor]:
    try:
        return load(content)
    except Exception as error:  # the library's own class, of which its stubs know nothing
        raise damage(path, f"{name} isn't a safetensors file") from error


def damage(path: Path, reason: str) -> NetspecError:
    """What is wrong with a checkpoint, as a problem."""
    return NetspecError.of(CheckpointDamaged(None, str(path), reason))
