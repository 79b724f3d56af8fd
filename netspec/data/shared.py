"""Prepared data that several trainings of a process share, so that it is loaded and transformed once."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
import torch

from netspec.data.prepare import PreparedData, load_splits, prepare_splits
from netspec.data.problems import as_warning, scale_problems
from netspec.program.program import Program, as_data

OTHER_SETTINGS = {"batch_size": 1, "workers": None}
"""The settings of `data` that say how samples are taken, and not what they are."""


@dataclass(frozen=True)
class _Kept:
    """Data that was prepared for a program, and the targets [N, …] of its training split as they came from the
    source."""

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
        program = replace(program, source_index=found.program.source_index, type=found.program.type)
        problems = (*found.sample_problems, *scale_problems(program, self.targets, found.training.inputs))
        record = replace(found.data_record, warnings=tuple(map(as_warning, problems)))
        return replace(found, program=program, data_record=record, problems=problems)


class SharedData:
    """Prepared data by what it follows from: the newest, and of those before as many as fit into `most` bytes."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: dict[str, _Kept] = {}

    def prepare(self, program: Program, device: torch.device, spare: int | None = None) -> PreparedData:
        """A program's data, ready for training as `prepare` makes it, and equal to that. Raises DataError."""
        key = _key(program, device)
        found = self._kept.pop(key, None)
        if found is None:
            self._make_room()
            raw = load_splits(program)
            found = _Kept(prepare_splits(raw, device, spare), raw.train.targets)
        self._kept[key] = found  # the newest is the last one
        return found.of(program)

    def _make_room(self) -> None:
        """Drop what wasn't used for the longest time, so that more of the size of the largest one fits."""
        sizes = {key: kept.size for key, kept in self._kept.items()}
        largest = max(sizes.values(), default=0)
        for key in list(self._kept):
            if sum(sizes.values()) + largest <= self.most:
                break
            del self._kept[key], sizes[key]


def _key(program: Program, device: torch.device) -> str:
    """What a program's prepared data follows from."""
    data = program.data.model_copy(update=OTHER_SETTINGS)
    seed = program.train.seed if data.split_seed is None else data.split_seed
    facts = as_data(data), program.source_index, program.type.to_json(), repr(program.folders), seed, str(device)
    return json.dumps(facts, sort_keys=True)
