"""From a program to its batches: load, split, fit, transform, and cut into batches on the device."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from netspec.catalogue.sources import Loaded, Samples
from netspec.catalogue.splitters import Division
from netspec.catalogue.types import DataType
from netspec.data.cache import Read, read
from netspec.data.data_record import DataRecord
from netspec.data.prefetch import prefetch
from netspec.data.problems import as_warning, sample_problems, scale_problems
from netspec.data.processing import Processing
from netspec.data.split import set_apart, set_part_apart
from netspec.data.target_scaling import TargetScaling
from netspec.formats.errors import DataError
from netspec.memory import CACHE_FOLDER, OutOfSpace, is_large
from netspec.modules.constants import brought
from netspec.problems.base import Problem
from netspec.program.plan import batch_bounds
from netspec.program.program import Program
from netspec.program.randomness import generator
from netspec.program.splits import sample_size, split_conflicts, split_sizes
from netspec.program.written import written

WORKERS = 2
"""How many threads make batches ahead where those come from afar: one waits for the disk while the other works."""
SHARE = 0.5
"""How much of what a device has to spare the data may take; the rest is for what the network computes."""

Batch = tuple[tuple[Tensor, ...], Tensor]
"""The inputs of some samples, in the order of the type's fields, and their targets."""


class Split(NamedTuple):
    """Inputs [N, …], float32 or int64 for tokens, and targets [N], int64 classes or float32 numbers."""

    inputs: tuple[Tensor, ...]
    targets: Tensor

    def brought(self, inputs: torch.device, targets: torch.device) -> Split:
        """The same on devices."""
        return Split(tuple(values.to(inputs) for values in self.inputs), self.targets.to(targets))

    def is_far(self, device: torch.device) -> bool:
        """Whether inputs have to be brought from a disk or to another device."""
        size = sum(values.nbytes for values in self.inputs)
        return any(values.device.type != device.type for values in self.inputs) or is_large(size)


@dataclass(frozen=True)
class PreparedData:
    """A program's data. `program` is for the source that was taken; `processing` is that of each input.

    Targets are on `device`, and so are inputs if it has room for them; else they are brought there batch by batch.
    `training` holds transformed inputs where nothing is done at random; else raw ones, since a transform comes
    after the augmentation and so is done batch by batch. Targets are as the source has them; `scaling` is how the
    loss takes them, None if as they are. `problems` are warnings of what was measured,
    `sample_problems` those of them that don't depend on the network.
    """

    program: Program
    data_record: DataRecord
    processing: tuple[Processing, ...]
    training: Split
    validation: Split | None
    test: Split | None
    device: torch.device
    scaling: TargetScaling | None
    problems: tuple[Problem, ...]
    sample_problems: tuple[Problem, ...]

    @property
    def steps(self) -> int:
        """How many batches an epoch has."""
        return len(batch_bounds(len(self.training.targets), self.program.data.batch_size))

    @property
    def classes(self) -> dict[str, int]:
        """The classes in their order with their numbers of training samples; none where targets are no classes."""
        return self.program.type.target.balance(self.training.targets.cpu().numpy())

    def size(self, split: str) -> int:
        """How many samples a split has; 0 if there is no such split."""
        chosen = self.split(split)
        return len(chosen.targets) if chosen is not None else 0

    def split(self, name: str) -> Split | None:
        """A split by its name: `train`, `validation` or `test`; None if there is no such split."""
        return {"train": self.training, "validation": self.validation, "test": self.test}[name]

    def epoch(self, number: int, start: int = 0, stop: int | None = None) -> Iterator[Batch]:
        """The training batches of an epoch, from one of them on and up to another; order and augmentation follow from
        the seed and the epoch's number."""
        bounds = batch_bounds(len(self.training.targets), self.program.data.batch_size)
        yield from self.taken(number, self._order(number), bounds[start:stop])

    def targets(self, epoch: int) -> Tensor:
        """The training targets [N, …] on the device, in the order of an epoch."""
        return self.training.targets.index_select(0, self._order(epoch).to(self.device))

    def _order(self, epoch: int) -> Tensor:
        """The indices [N] of the training samples, in the order of an epoch."""
        rng = generator(self.program.train.seed, "order", epoch)
        return torch.randperm(len(self.training.targets), generator=rng)

    def taken(self, epoch: int, order: Tensor, bounds: Sequence[tuple[int, int]]) -> Iterator[Batch]:
        """Training samples as an epoch takes them: an order of their indices in the data, and where in it each batch
        begins and ends."""
        inputs = [
            (processing, values, processing.draw(values, self.program.train.seed, epoch, self.device))
            for processing, values in zip(self.processing, self.training.inputs, strict=True)
        ]
        orders = {
            device: order.to(device) for device in (self.device, *(values.device for values in self.training.inputs))
        }
        grid = _grid(self.program.type) if any(one.augment for one in self.processing) else None

        def batch(bound: tuple[int, int]) -> Batch:
            indices = orders[self.device][slice(*bound)]
            taken = (
                processing.batch(
                    _brought(values.index_select(0, orders[values.device][slice(*bound)]), self.device), draws, indices
                )
                for processing, values, draws in inputs
            )
            targets = self.training.targets.index_select(0, indices)
            if grid is not None and inputs[grid][0].augment:
                processing, _, draws = inputs[grid]
                targets = _moved(targets, lambda values: processing.moved(values, draws, indices))
            return tuple(taken), targets

        yield from prefetch(batch, bounds, self._threads(self.training))

    def batches(self, split: str, size: int = 1024) -> Iterator[Batch]:
        """The batches of a split, in the order of the data; none if there is no such split.

        Those of `train` are evaluated as the others are: transformed, and not augmented.
        """
        chosen = self.split(split)
        if chosen is None:
            return

        def batch(start: int) -> Batch:
            end = start + size
            inputs = tuple(_brought(values[start:end], self.device) for values in chosen.inputs)
            found = inputs, chosen.targets[start:end]
            return self._unaugmented(*found) if split == "train" else found

        yield from prefetch(batch, range(0, len(chosen.targets), size), self._threads(chosen))

    def _unaugmented(self, inputs: tuple[Tensor, ...], targets: Tensor) -> Batch:
        """Training samples, as epochs take them, as the network takes them without augmentation."""
        grid = _grid(self.program.type)
        if grid is not None and self.processing[grid].augment:
            targets = _moved(targets, self.processing[grid].moved_by_transforms)
        ready = (one.unaugmented(values) for one, values in zip(self.processing, inputs, strict=True))
        return tuple(ready), targets

    def _threads(self, split: Split) -> int:
        """How many threads make batches ahead: as many as the spec says, else only where a batch is waited for.

        On MPS none: torch ends the process where two threads use it at once. The batches are the same.
        """
        if self.device.type == "mps":
            return 0
        workers = self.program.data.workers
        if workers is not None:
            return workers
        return WORKERS if split.is_far(self.device) else 0


@dataclass(frozen=True)
class RawSplits:
    """A program's samples as they came from the source, split by split. `program` is for the source that was taken,
    `note` why it isn't the first one, `digest` the SHA-256 of all samples."""

    program: Program
    note: str | None
    digest: str
    train: Samples
    validation: Samples | None
    test: Samples | None

    @property
    def source(self) -> str:
        """The source as the spec writes it."""
        return written(self.program.assumed)

    @property
    def splits(self) -> dict[str, Samples]:
        """The splits that there are, by their names."""
        splits = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: samples for name, samples in splits.items() if samples is not None}


def prepare(program: Program, device: torch.device, spare: int | None = None) -> PreparedData:
    """Load a program's data and make it ready for training on a device that has so many bytes to spare; None is as many
    as it takes. Raises DataError."""
    return prepare_splits(load_splits(program), device, spare)


@contextmanager
def _space_errors() -> Generator[None]:
    """Turns a lack of room, in the memory and on the disk, into a DataError."""
    try:
        yield
    except OutOfSpace as error:
        raise DataError(
            "unreachable",
            f"there is no room for the data: {error}",
            argument="source",
            help=f"make some room there, or name another folder in {CACHE_FOLDER}",
        ) from error


@_space_errors()
def load_splits(program: Program) -> RawSplits:
    """Load a program's data and split it. Raises DataError."""
    index, note, found = _load(program)
    loaded = found.loaded
    program = replace(program, source_index=index, type=loaded.type)
    for gap in program.data.gaps(program.type):
        raise gap
    return RawSplits(program, note, found.digest, *_split_samples(program, loaded))


@_space_errors()
def prepare_splits(raw: RawSplits, device: torch.device, spare: int | None = None) -> PreparedData:
    """Fit and apply the transforms, and bring the splits to the device if that has room for them. Raises DataError."""
    program, train, validation, test = raw.program, raw.train, raw.validation, raw.test
    fitted = [
        Processing.fit(field, program.type, program.data, values)
        for field, values in zip(program.type.fields, train.inputs, strict=True)
    ]
    processing = tuple(one for one, _ in fitted)
    steps = program.data.target_transform
    scaling = TargetScaling.fit(steps, train.targets) if steps else None
    used = DataRecord(
        source=raw.source,
        note=raw.note,
        train=len(train.targets),
        validation=len(validation.targets) if validation else 0,
        test=len(test.targets) if test else 0,
        digest=raw.digest,
        fitted=tuple(_records(processing, index) for index in range(len(program.data.transform))),
        target_fitted=scaling.record() if scaling else (),
    )

    grid = _grid(program.type)

    def targets(samples: Samples, augmented: bool) -> Tensor:
        found = torch.from_numpy(samples.targets)
        # of what is augmented each batch is moved by itself
        return found if grid is None or augmented else _moved(found, processing[grid].moved_by_transforms)

    def evaluated(samples: Samples | None) -> Split | None:
        if samples is None:
            return None
        inputs = tuple(one.evaluated(values) for one, values in zip(processing, samples.inputs, strict=True))
        return Split(inputs, targets(samples, augmented=False))

    augmented = grid is not None and bool(processing[grid].augment)
    training = Split(tuple(values for _, values in fitted), targets(train, augmented))
    others = [evaluated(samples) for samples in (validation, test)]
    size = sum(values.nbytes for split in (training, *others) if split for values in split.inputs)
    of_samples = tuple(sample_problems(program, raw.splits))
    problems = (*of_samples, *scale_problems(program, train.targets, training.inputs))
    used = replace(used, warnings=tuple(map(as_warning, problems)))
    place = near(size, device, spare)
    brought = [split and split.brought(place, device) for split in others]
    return PreparedData(
        program,
        used,
        processing,
        training.brought(place, device),
        brought[0],
        brought[1],
        device,
        scaling,
        problems,
        of_samples,
    )


def near(size: int, device: torch.device, spare: int | None) -> torch.device:
    """Where data of a size in bytes lies: on the device if that has room for it, of the bytes that it has to spare."""
    return device if spare is None or size <= SHARE * spare else torch.device("cpu")


def _grid(type: DataType) -> int | None:
    """The index of the input on whose pixels the targets lie, if they lie on any."""
    if not type.target.on_pixels:
        return None
    return next(index for index, field in enumerate(type.fields) if field.type.pictured)


def _moved(targets: Tensor, move: Callable[[Tensor], Tensor]) -> Tensor:
    """Targets [N, H, W] on the pixels of images, after a change of [N, 1, H, W] that moves pixels as they are."""
    return move(targets.unsqueeze(1).float()).squeeze(1).to(targets.dtype)


def _brought(values: Tensor, device: torch.device) -> Tensor:
    """A batch on the device; to CUDA from pinned memory, so that nothing waits for the copy."""
    if values.device.type == device.type:
        return values
    return brought(values.pin_memory() if device.type == "cuda" else values, device)


def _records(processing: Sequence[Processing], index: int) -> dict[str, Any]:
    """What a transform learned as JSON data; of several inputs, under the names of the inputs."""
    return {
        f"{one.field.name}.{name}" if len(processing) > 1 else name: value
        for one in processing
        for name, value in one.record(index).items()
    }


def _load(program: Program) -> tuple[int, str | None, Read]:
    """The first source that can be had: its index among the sources, why it isn't the first one, and its samples."""
    failures: list[DataError] = []
    for index, source in enumerate(program.sources):
        try:
            found = read(source, replace(program.folders, workers=program.data.workers))
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


def _split_samples(program: Program, loaded: Loaded) -> tuple[Samples, Samples | None, Samples | None]:
    """Training, validation and test split: the sample is drawn first, then a test split that has to be made, then
    validation."""
    data = program.data
    seed = program.train.seed if data.split_seed is None else data.split_seed
    train, validation, test = loaded.train, loaded.validation, loaded.test
    counts = loaded.type.counts
    for misfit in split_conflicts(data, *counts):  # the check was of another source, or of another state of this one
        raise DataError("malformed", misfit.reason, argument=misfit.argument, help=misfit.help)
    sizes = split_sizes(data, *counts)

    def strata(samples: Samples) -> np.ndarray:
        found = loaded.type.target.strata(samples.targets)
        return np.zeros(len(samples.targets), np.int64) if found is None else found

    if data.sample is not None:
        train = train.at(set_apart(strata(train), sample_size(data, counts[0]), seed, "sample")[1])
    if test is None and data.test is not None:
        train, test = map(train.at, set_apart(strata(train), sizes.test, seed, "test"))
    if validation is None and data.validation is not None:
        if isinstance(data.validation, Division):
            indices = set_part_apart(strata(train), data.validation.parts, data.validation.part or 1, seed)
        else:
            indices = set_apart(strata(train), sizes.validation, seed, "validation")
        train, validation = map(train.at, indices)
    return train, validation, test
