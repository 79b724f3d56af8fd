"""From a program to its batches: load, divide, measure, transform, and cut into batches on the device."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from netspec.catalogue.sources import DataError, Loaded, Samples
from netspec.catalogue.transforms import Statistics, Transform
from netspec.catalogue.types import DataType
from netspec.data.split import set_apart
from netspec.data.used import DataUsed
from netspec.program.plan import batch_bounds
from netspec.program.program import Program
from netspec.program.randomness import generator
from netspec.program.splits import misfits, split_sizes
from netspec.program.written import written
from netspec.shapes import Shape


class Split(NamedTuple):
    """Inputs [N, …] float32 and targets [N], int64 classes or float32 numbers."""

    inputs: Tensor
    targets: Tensor


@dataclass(frozen=True)
class Prepared:
    """A program's data on the device. `program` is for the source that was taken.

    `training` holds transformed inputs where nothing is done at random; else raw ones, since a transform comes
    after the augmentation and so is done batch by batch.
    """

    program: Program
    data_used: DataUsed
    training: Split
    validation: Split | None
    test: Split | None

    @property
    def steps(self) -> int:
        """How many batches an epoch has."""
        return len(batch_bounds(len(self.training.targets), self.program.data.batch_size))

    def epoch(self, number: int) -> Iterator[tuple[Tensor, Tensor]]:
        """The training batches of an epoch; order and augmentation follow from the seed and the epoch's number."""
        inputs, targets = self.training
        order = torch.randperm(len(targets), generator=generator(self.program.train.seed, "order", number)).to(
            targets.device
        )
        draws = self._draw(number)
        for start, end in batch_bounds(len(targets), self.program.data.batch_size):
            places = order[start:end]
            batch = inputs.index_select(0, places)
            if self.program.data.augment:
                for augmentation, drawn in zip(self.program.data.augment, draws, strict=True):
                    batch = augmentation.apply(batch, drawn.index_select(0, places))
                batch = _transformed(batch, self.program.data.transform, self.data_used.statistics)
            yield batch, targets.index_select(0, places)

    def batches(self, split: str, size: int = 1024) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of `validation` or `test`, in the order of the data; none if there is no such split."""
        chosen = {"validation": self.validation, "test": self.test}[split]
        if chosen is not None:
            yield from zip(*(part.split(size) for part in chosen), strict=True)

    def _draw(self, number: int) -> list[Tensor]:
        """The random numbers of an epoch, of each augmentation a row for each training sample.

        They are drawn for all samples at once, so that a sample's don't depend on the batch it comes in.
        """
        draws: list[Tensor] = []
        shape = Shape(tuple(self.training.inputs.shape[1:]))
        for place, augmentation in enumerate(self.program.data.augment):
            chance = generator(self.program.train.seed, "augment", number, place)
            draws.append(augmentation.draw(len(self.training.inputs), shape, chance).to(self.training.inputs.device))
            shape = augmentation.infer(shape)
        return draws


def prepare(program: Program, device: torch.device) -> Prepared:
    """Load a program's data and make it ready for training. Raises DataError."""
    data = program.data
    index, note, loaded = _load(program)
    program = replace(program, source_index=index, type=loaded.type)
    train, validation, test = _divide(program, loaded)
    inputs = _as_tensor(train.inputs)
    transformed, statistics = _measured(inputs, data.transform)
    used = DataUsed(
        source=written(program.assumed),
        note=note,
        train=len(train.targets),
        validation=len(validation.targets) if validation else 0,
        test=len(test.targets) if test else 0,
        digest=_digest(loaded),
        statistics=statistics,
    )

    def ready(samples: Samples | None) -> Split | None:
        if samples is None:
            return None
        inputs = _transformed(_as_tensor(samples.inputs), data.transform, statistics)
        return Split(inputs.to(device), torch.from_numpy(samples.targets).to(device))

    # augmentations are for images, which are float32 already
    first = inputs.float() if data.augment else transformed
    training = Split(first.to(device), torch.from_numpy(train.targets).to(device))
    return Prepared(program, used, training, ready(validation), ready(test))


def _load(program: Program) -> tuple[int, str | None, Loaded]:
    """The first source that can be had: its place among the sources, why it isn't the first one, and its data."""
    failures: list[DataError] = []
    for index, source in enumerate(program.sources):
        try:
            loaded = source.load(program.place)
        except DataError as error:
            # a file that is there and is wrong is a mistake to see, not a reason to take other data
            if error.what not in ("missing", "unreachable"):
                raise
            failures.append(error)
            continue
        _check_type(written(source), loaded.type, program.type)
        return index, "; ".join(error.reason for error in failures) or None, loaded
    if len(failures) == 1:
        raise failures[0]
    reasons = "; ".join(error.reason for error in failures)
    unreachable = any(error.what == "unreachable" for error in failures)
    raise DataError(
        "unreachable" if unreachable else "missing",
        f"none of the {len(failures)} sources can be had: {reasons}",
        argument="source",
        help="`mnist_sample()` comes with netspec",
    )


def _check_type(name: str, found: DataType, wanted: DataType) -> None:
    """The program was checked for one source, as it was then; another one, or the same one now, must be like it."""
    difference = wanted.difference(found)
    if difference is not None:
        reason = f"`{name}` isn't the data that the network was checked for: it has {difference}"
        raise DataError("malformed", reason, argument="source")


def _divide(program: Program, loaded: Loaded) -> tuple[Samples, Samples | None, Samples | None]:
    """Training, validation and test split. A test split that has to be made is set apart before validation."""
    data, seed = program.data, program.train.seed
    train, validation, test = loaded.train, None, loaded.test
    counts = len(train.targets), len(test.targets) if test else 0
    for misfit in misfits(data, *counts):  # the check was of another source, or of another state of this one
        raise DataError("malformed", misfit.reason, argument=misfit.argument, help=misfit.help)
    sizes = split_sizes(data, *counts)
    if test is None and data.test is not None:
        train, test = _part(train, *set_apart(train.targets, sizes.test, seed, "test"))
    if data.validation is not None:
        train, validation = _part(train, *set_apart(train.targets, sizes.validation, seed, "validation"))
    return train, validation, test


def _part(samples: Samples, kept: np.ndarray, apart: np.ndarray) -> tuple[Samples, Samples]:
    one, other = (Samples(samples.inputs[places], samples.targets[places]) for places in (kept, apart))
    return one, other


def _as_tensor(inputs: np.ndarray) -> Tensor:
    """Inputs as they go into the transforms: images as float32 from 0 to 1, tables with all of their digits, words
    by their numbers."""
    tensor = torch.from_numpy(inputs)
    return tensor.float().div_(255) if tensor.dtype == torch.uint8 else tensor


def _ready(inputs: Tensor) -> Tensor:
    """Inputs as the network takes them: float32, or the numbers of words."""
    return inputs.float() if inputs.is_floating_point() else inputs


def _measured(inputs: Tensor, transforms: Sequence[Transform]) -> tuple[Tensor, tuple[Statistics, ...]]:
    """The transformed training inputs as float32, and what each transform measured on what the one before it gave."""
    statistics: list[Statistics] = []
    for transform in transforms:
        statistics.append(transform.measure(inputs))
        inputs = transform.apply(inputs, statistics[-1])
    return _ready(inputs), tuple(statistics)


def _transformed(inputs: Tensor, transforms: Sequence[Transform], statistics: Sequence[Statistics]) -> Tensor:
    for transform, measured in zip(transforms, statistics, strict=True):
        inputs = transform.apply(inputs, measured)
    return _ready(inputs)


def _digest(loaded: Loaded) -> str:
    """SHA-256 of all inputs and targets, as they came from the source."""
    digest = hashlib.sha256()
    for samples in filter(None, (loaded.train, loaded.test)):
        digest.update(np.ascontiguousarray(samples.inputs).data)
        digest.update(np.ascontiguousarray(samples.targets).data)
    return digest.hexdigest()
