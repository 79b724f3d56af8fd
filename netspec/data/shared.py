"""What several trainings of a process have in common, so that it is made once: their data, and what is made of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar, cast

import numpy as np
import torch

from netspec.data.prepare import PreparedData, RawSplits, prepare_splits
from netspec.data.problems import as_warning, scale_problems
from netspec.program.program import Program, as_data

OTHER_SETTINGS = {"batch_size": 1, "workers": None}
"""The settings of `data` that say how samples are taken, and not what they are."""


class Sized(Protocol):
    @property
    def size(self) -> int:
        """How many bytes it takes."""
        ...


S = TypeVar("S", bound=Sized)


class Shared:
    """What trainings share, by its kind and by what it follows from.

    A training has one thing of each kind at a time, which stays as long as that is so. Of what isn't used now, the
    newest stay, as many as fit into `most` bytes together with that. Where `most` is None, nothing is shared.
    """

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._kept: dict[tuple[str, str], Sized] = {}
        self._used: dict[str, tuple[str, str]] = {}

    @property
    def size(self) -> int:
        """How many bytes all of it takes."""
        return sum(kept.size for kept in self._kept.values())

    def begin(self) -> None:
        """Begin another training: what the one before had isn't used any more."""
        self._used.clear()

    def get(self, kind: str, basis: Callable[[], Any], make: Callable[[], S]) -> S:
        """What the training has of a kind from now on: it is made unless it is there. It follows from its `basis`,
        JSON data, and from nothing else. Raises what `make` does."""
        if self._most is None:
            return make()
        key = kind, json.dumps(basis(), sort_keys=True)
        self._used[kind] = key
        found = self._kept.pop(key, None)
        if found is None:
            self._make_room(max((kept.size for (other, _), kept in self._kept.items() if other == kind), default=0))
            found = make()
        self._kept[key] = found  # the newest is the last one
        self._make_room(0)
        return cast(S, found)

    def _make_room(self, more: int) -> None:
        """Drop what wasn't used for the longest time, until so many bytes more fit."""
        assert self._most is not None
        size, used = self.size, set(self._used.values())
        for key in list(self._kept):
            if size + more <= self._most:
                break
            if key not in used:
                size -= self._kept.pop(key).size


UNSHARED = Shared(None)


def basis_of(program: Program, device: torch.device) -> Any:
    """What a program's prepared data on a device follows from, as JSON data."""
    data = program.data.model_copy(update=OTHER_SETTINGS)
    seed = program.train.seed if data.split_seed is None else data.split_seed
    return [as_data(data), program.source_index, program.type.to_json(), repr(program.folders), seed, str(device)]


def prepare_shared(
    program: Program, device: torch.device, spare: int | None, shared: Shared, load: Callable[[], RawSplits]
) -> PreparedData:
    """A program's data, ready for training, as `prepare` makes it, and equal to that; `load` gives its samples. Raises
    DataError."""

    def make() -> _Prepared:
        raw = load()
        return _Prepared(program, prepare_splits(raw, device, spare), raw.train.targets)

    return shared.get("data", lambda: basis_of(program, device), make).of(program)


@dataclass(frozen=True)
class _Prepared:
    """Data that was prepared for a program, and the targets [N, …] of its training split as they came from the
    source."""

    program: Program
    data: PreparedData
    targets: np.ndarray

    @property
    def size(self) -> int:
        data = self.data
        splits = [split for split in (data.training, data.validation, data.test) if split is not None]
        return sum(values.nbytes for split in splits for values in (*split.inputs, split.targets))

    def of(self, program: Program) -> PreparedData:
        """The same data for another program with the same data, with what is to be warned of with its network."""
        found = self.data
        if program is self.program:
            return found
        program = replace(program, source_index=found.program.source_index, type=found.program.type)
        problems = (*found.sample_problems, *scale_problems(program, self.targets, found.training.inputs))
        record = replace(found.data_record, warnings=tuple(map(as_warning, problems)))
        return replace(found, program=program, data_record=record, problems=problems)
