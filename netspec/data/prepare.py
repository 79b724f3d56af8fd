"""From a program to its batches: load, divide, measure, transform, and cut into batches on the device."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor

from netspec.catalogue.divisions import Division
from netspec.catalogue.sources import DataError, Loaded, Samples
from netspec.catalogue.transforms import Statistics
from netspec.catalogue.types import Classes, DataType
from netspec.data.kept import Read, read
from netspec.data.processing import Processing
from netspec.data.split import set_apart, set_part_apart
from netspec.data.used import DataUsed
from netspec.program.plan import batch_bounds
from netspec.program.program import Program
from netspec.program.randomness import generator
from netspec.program.splits import misfits, sample_size, split_sizes
from netspec.program.written import written
from netspec.room import CACHE_FOLDER, NoRoomError

Batch = tuple[tuple[Tensor, ...], Tensor]
"""The inputs of some samples, in the order of the type's fields, and their targets."""


class Split(NamedTuple):
    """Inputs [N, …], float32 or int64 for tokens, and targets [N], int64 classes or float32 numbers."""

    inputs: tuple[Tensor, ...]
    targets: Tensor


@dataclass(frozen=True)
class Prepared:
    """A program's data on the device. `program` is for the source that was taken; `processing` is that of each input.

    `training` holds transformed inputs where nothing is done at random; else raw ones, since a transform comes
    after the augmentation and so is done batch by batch.
    """

    program: Program
    data_used: DataUsed
    processing: tuple[Processing, ...]
    training: Split
    validation: Split | None
    test: Split | None

    @property
    def steps(self) -> int:
        """How many batches an epoch has."""
        return len(batch_bounds(len(self.training.targets), self.program.data.batch_size))

    @property
    def classes(self) -> dict[str, int]:
        """The classes in their order with their numbers of training samples; none where the targets are numbers."""
        target = self.program.type.target
        if not isinstance(target, Classes):
            return {}
        counts: list[int] = torch.bincount(self.training.targets, minlength=target.count).tolist()
        return dict(zip(target.names, counts, strict=True))

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """The training batches of an epoch, from one of them on; order and augmentation follow from the seed and the
        epoch's number."""
        count, chance = len(self.training.targets), generator(self.program.train.seed, "order", number)
        order = torch.randperm(count, generator=chance).to(self.training.targets.device)
        bounds = batch_bounds(count, self.program.data.batch_size)
        yield from self.taken(number, (order[first:end] for first, end in bounds[start:]))

    def taken(self, epoch: int, batches: Iterable[Tensor]) -> Iterator[Batch]:
        """Training samples as an epoch takes them, in batches of their places in the data."""
        inputs = [
            (processing, values, processing.draw(values, self.program.train.seed, epoch))
            for processing, values in zip(self.processing, self.training.inputs, strict=True)
        ]
        for places in batches:
            batch = tuple(processing.batch(values, draws, places) for processing, values, draws in inputs)
            yield batch, self.training.targets.index_select(0, places)

    def batches(self, split: str, size: int = 1024) -> Iterator[Batch]:
        """The batches of `validation` or `test`, in the order of the data; none if there is no such split.

        Those of `train` are its samples as they are in the others, so where nothing is done to them at random.
        """
        chosen = {"train": self.training, "validation": self.validation, "test": self.test}[split]
        if chosen is not None:
            inputs = zip(*(values.split(size) for values in chosen.inputs), strict=True)
            yield from zip(inputs, chosen.targets.split(size), strict=True)


@dataclass(frozen=True)
class Divided:
    """A program's samples as they came from the source, split by split. `program` is for the source that was taken,
    `note` why it isn't the first one, `digest` the SHA-256 of all samples."""

    program: Program
    note: str | None
    digest: str
    train: Samples
    validation: Samples | None
    test: Samples | None


def prepare(program: Program, device: torch.device) -> Prepared:
    """Load a program's data and make it ready for training. Raises DataError."""
    try:
        return make_ready(divide(program), device)
    except NoRoomError as error:
        raise DataError(
            "unreachable",
            f"there is no room for the data: {error}",
            argument="source",
            help=f"make some room there, or name another folder in {CACHE_FOLDER}",
        ) from error


def divide(program: Program) -> Divided:
    """Load a program's data and divide it. Raises DataError."""
    index, note, found = _load(program)
    loaded = found.loaded
    program = replace(program, source_index=index, type=loaded.type)
    for gap in program.data.gaps(program.type):
        raise gap
    return Divided(program, note, found.digest, *_divide(program, loaded))


def make_ready(divided: Divided, device: torch.device) -> Prepared:
    """Measure and transform what was divided, and bring it to the device."""
    program, train, validation, test = divided.program, divided.train, divided.validation, divided.test
    measured = [
        Processing.measured(field, program.type, program.data, values)
        for field, values in zip(program.type.fields, train.inputs, strict=True)
    ]
    processing = tuple(one for one, _ in measured)
    used = DataUsed(
        source=written(program.assumed),
        note=divided.note,
        train=len(train.targets),
        validation=len(validation.targets) if validation else 0,
        test=len(test.targets) if test else 0,
        digest=divided.digest,
        statistics=tuple(_statistics(processing, place) for place in range(len(program.data.transform))),
    )

    def split(inputs: Iterable[Tensor], samples: Samples) -> Split:
        return Split(tuple(values.to(device) for values in inputs), torch.from_numpy(samples.targets).to(device))

    def evaluated(samples: Samples | None) -> Split | None:
        if samples is None:
            return None
        return split((one.evaluated(values) for one, values in zip(processing, samples.inputs, strict=True)), samples)

    training = split((values for _, values in measured), train)
    return Prepared(program, used, processing, training, evaluated(validation), evaluated(test))


def _statistics(processing: Sequence[Processing], place: int) -> Statistics:
    """What a transform measured; of several inputs, under the names of the inputs."""
    return {
        f"{one.field.name}.{name}" if len(processing) > 1 else name: numbers
        for one in processing
        for name, numbers in one.statistics.get(place, {}).items()
    }


def _load(program: Program) -> tuple[int, str | None, Read]:
    """The first source that can be had: its place among the sources, why it isn't the first one, and its samples."""
    failures: list[DataError] = []
    for index, source in enumerate(program.sources):
        try:
            found = read(source, program.place)
        except DataError as error:
            # a file that is there and is wrong is a mistake to see, not a reason to take other data
            if error.what not in ("missing", "unreachable"):
                raise
            failures.append(error)
            continue
        _check_type(written(source), found.loaded.type, program.type)
        return index, "; ".join(error.reason for error in failures) or None, found
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
    """Training, validation and test split: the sample is drawn first, then a test split that has to be made, then
    validation."""
    data, seed = program.data, program.train.seed
    train, validation, test = loaded.train, loaded.validation, loaded.test
    counts = loaded.type.counts
    for misfit in misfits(data, *counts):  # the check was of another source, or of another state of this one
        raise DataError("malformed", misfit.reason, argument=misfit.argument, help=misfit.help)
    sizes = split_sizes(data, *counts)
    if data.sample is not None:
        train = train.at(set_apart(train.targets, sample_size(data, counts[0]), seed, "sample")[1])
    if test is None and data.test is not None:
        train, test = map(train.at, set_apart(train.targets, sizes.test, seed, "test"))
    if validation is None and data.validation is not None:
        if isinstance(data.validation, Division):
            places = set_part_apart(train.targets, data.validation.parts, data.validation.part or 1, seed)
        else:
            places = set_apart(train.targets, sizes.validation, seed, "validation")
        train, validation = map(train.at, places)
    return train, validation, test
