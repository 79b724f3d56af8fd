"""The checkpoints of a run: their folder, which of them are kept, and the newest one that is whole.

The order of checkpoints is that of the numbers in their names, as clocks can't be trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from torch import Tensor

from netspec.files import TEMPORARY, as_json, file_problems, remove, write_atomically
from netspec.formats.run_weights import INDEX
from netspec.problems.base import NetspecError
from netspec.problems.running import CheckpointDamaged
from netspec.runner.store.checkpoint import (
    ROOM,
    CheckpointData,
    checkpoint_files,
    commit,
    moment_of,
    read_checkpoint,
)
from netspec.saved.moment import Moment
from netspec.saved.weights import in_order


@dataclass(frozen=True)
class Checkpoints:
    """The checkpoints of one run in their folder, of which the best and the `keep` newest are kept. A file of one has
    at most `most` bytes."""

    folder: Path
    keep: int = 1
    most: int = ROOM

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
        """Commit the state of a moment, then point to it, and then remove what is no longer kept.

        `best` is the epoch whose checkpoint is kept. A checkpoint of that moment that exists already is the same state,
        and stays.
        """
        files = checkpoint_files(moment, tensors, optimizer, state)
        with file_problems(self.folder):
            self.folder.mkdir(exist_ok=True)  # not the run's folder: without its spec a checkpoint is of no use
            if not self.path(moment).exists():
                commit(self.path(moment), files)
        self.settle(best=best, last=moment)

    def settle(self, *, best: int | None, last: Moment) -> None:
        """Point to the last checkpoint and the best one, and remove what is no longer kept. A run that was killed after
        it had committed a checkpoint does so when it is resumed."""
        with file_problems(self.folder):
            self._point(best=best, last=last)
            self._prune(best)

    def newest(self) -> tuple[CheckpointData | None, tuple[NetspecError, ...]]:
        """The newest checkpoint that is whole, and what is wrong with those that are newer.

        Raises NetspecError for one of a format that isn't read, as that isn't damaged.
        """
        damages: list[NetspecError] = []
        for path in reversed(in_order(self.folder)):
            try:
                return read_checkpoint(path, self.most), tuple(damages)
            except NetspecError as error:
                if any(diagnostic.code != CheckpointDamaged.code for diagnostic in error.diagnostics):
                    raise
                damages.append(error)
        return None, tuple(damages)

    def discard(self, newer_than: Moment) -> None:
        """Remove the checkpoints after a moment: damaged ones, and those that a training rolled back from."""
        with file_problems(self.folder):
            for path in in_order(self.folder):
                if moment_of(path) > newer_than:
                    _remove(path)

    def _point(self, *, best: int | None, last: Moment) -> None:
        """Write which is which, for people and their scripts; resuming doesn't need it."""
        names = {"best": Moment(best).name if best is not None else None, "last": last.name}
        write_atomically(self.folder / INDEX, as_json(names))

    def _prune(self, best: int | None) -> None:
        for path in in_order(self.folder)[: -self.keep]:
            if best is None or path != self.path(Moment(best)):
                _remove(path)


def last_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint in a folder of them, whole or not; None if there is none or no folder."""
    return next(reversed(in_order(folder)), None)


def _remove(path: Path) -> None:
    """Remove a checkpoint, first its name, so that half of one is never taken for a whole one."""
    renamed = path.with_name(f"{TEMPORARY}{token_hex(4)}-{path.name}")
    path.rename(renamed)
    remove(renamed)
