"""Processing of one input: transforms, fitted and applied once, and augmentations, drawn anew in each epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from netspec.catalogue.augmentations import Augmentation
from netspec.catalogue.sections.data import Data
from netspec.catalogue.transforms import Fitted, Transform
from netspec.catalogue.types import DataField, DataType
from netspec.data.prefetch import prefetch
from netspec.memory import allocate, processors
from netspec.program.randomness import generator
from netspec.shapes import Shape

PORTION = 2**17
"""About how many numbers are transformed at a time before the training: so few stay in the cache of a processor."""

S = TypeVar("S", Augmentation, Transform)


@dataclass(frozen=True)
class Processing:
    """The augmentations and transforms of one input, each with its index in `data`, and what the transforms learned of
    the training split, by their indices."""

    field: DataField
    augment: tuple[tuple[int, Augmentation], ...]
    transform: tuple[tuple[int, Transform], ...]
    fitted: Mapping[int, Fitted]

    @classmethod
    def fit(cls, field: DataField, type: DataType, data: Data, values: np.ndarray) -> tuple[Processing, Tensor]:
        """The processing, and the training split's input as epochs take it: raw where each batch is augmented first."""
        augment, transform = _steps_for(field, type, data.augment), _steps_for(field, type, data.transform)
        fitted: dict[int, Fitted] = {}
        for number, (index, step) in enumerate(transform):
            before = cls(field, (), transform[:number], fitted)
            fitted[index] = step.fit(_changed(field, values, before._through)) if step.needs_fit else Fitted()
        processing = cls(field, augment, transform, fitted)
        return processing, torch.from_numpy(values) if augment else processing.evaluated(values)

    @classmethod
    def restored(cls, field: DataField, type: DataType, data: Data, records: Mapping[int, Any]) -> Processing:
        """The processing as it was fitted in training, for samples that come later; `records` are what its transforms
        learned as JSON data. Raises ValueError where they aren't that."""
        transform = _steps_for(field, type, data.transform)
        fitted = {
            index: (step.learns if step.needs_fit else Fitted).model_validate(records[index])
            for index, step in transform
        }
        return cls(field, (), transform, fitted)

    def same_transforms(self, other: Processing) -> bool:
        """Whether another one makes the same of samples that aren't augmented."""
        mine, its = ([step for _, step in one.transform] for one in (self, other))
        pairs = zip(self.transform, other.transform, strict=False)
        return mine == its and all(self.fitted[index] == other.fitted[at] for (index, _), (at, _) in pairs)

    def record(self, index: int) -> dict[str, Any]:
        """What the transform of that index in `data` learned, as JSON data."""
        return self.fitted[index].model_dump(exclude_none=True) if index in self.fitted else {}

    def evaluated(self, values: np.ndarray) -> Tensor:
        """The input of another split, as the network takes it."""
        return _each(self.field, values, lambda inputs: _ready(self._through(inputs)))

    def applied(self, inputs: Tensor) -> Tensor:
        """Samples [N, …] as a source gives them, as the network takes them: in one piece, so that torch.export can
        trace it."""
        return _ready(self._through(self.field.type.to_tensor(inputs)))

    def draw(self, inputs: Tensor, seed: int, epoch: int, device: torch.device) -> list[Tensor]:
        """The random numbers of an epoch on a device, of each augmentation a row for each training sample.

        They are drawn for all samples at once, so that a sample's don't depend on the batch it comes in.
        """
        draws: list[Tensor] = []
        shape = Shape(tuple(inputs.shape[1:]))
        for index, augmentation in self.augment:
            drawing = generator(seed, "augment", self.field.name, epoch, index)
            draws.append(augmentation.draw(len(inputs), shape, drawing).to(device))
            shape = augmentation.infer(shape)
        return draws

    def batch(self, batch: Tensor, draws: Sequence[Tensor], indices: Tensor) -> Tensor:
        """The training samples of some indices, which `batch` has as epochs take them, as the network takes them."""
        if not self.augment:
            return batch
        batch = self.field.type.to_tensor(batch)
        for (_, augmentation), drawn in zip(self.augment, draws, strict=True):
            batch = augmentation.apply(batch, drawn.index_select(0, indices))
        return _ready(self._through(batch))

    def unaugmented(self, batch: Tensor) -> Tensor:
        """Training samples, which `batch` has as epochs take them, as those of other splits: without augmentation."""
        return self.applied(batch) if self.augment else batch

    def moved(self, values: Tensor, draws: Sequence[Tensor], indices: Tensor) -> Tensor:
        """Values [B, C, H, W] that lie pixel by pixel on the training samples of these indices, moved as they are."""
        for (_, augmentation), drawn in zip(self.augment, draws, strict=True):
            if augmentation.moves_pixels:
                values = augmentation.move(values, drawn.index_select(0, indices))
        return self.moved_by_transforms(values)

    def moved_by_transforms(self, values: Tensor) -> Tensor:
        """The same for samples that aren't augmented."""
        for index, transform in self.transform:
            if transform.moves_pixels:
                values = transform.move(values, self.fitted[index])
        return values

    def undone(self, inputs: Tensor) -> Tensor:
        """What the network takes, with its numbers as they were before the transforms where those can be had: to be
        looked at."""
        for index, transform in reversed(self.transform):
            inputs = transform.undo(inputs, self.fitted[index])
        return inputs

    def visible(self, inputs: Tensor) -> Tensor:
        """Images as the network takes them, [N, C, H, W], as people can look at them: with values from 0 to 1."""
        return self.undone(inputs).nan_to_num(0).clamp(0, 1)

    def _through(self, inputs: Tensor) -> Tensor:
        for index, transform in self.transform:
            inputs = transform.apply(inputs, self.fitted[index])
        return inputs


def restored_processing(type: DataType, data: Data, fitted: Sequence[Mapping[str, Any]]) -> tuple[Processing, ...]:
    """The processing of each input as it was fitted in training; `fitted` is what each transform learned, as JSON data,
    of several inputs under their names. Raises ValueError or KeyError where it isn't that."""
    found: list[Processing] = []
    for field in type.fields:
        prefix = f"{field.name}." if len(type.fields) > 1 else ""
        records = {
            index: {name.removeprefix(prefix): value for name, value in learned.items() if name.startswith(prefix)}
            for index, learned in enumerate(fitted)
        }
        found.append(Processing.restored(field, type, data, records))
    return tuple(found)


def _each(field: DataField, values: np.ndarray, change: Callable[[Tensor], Tensor]) -> Tensor:
    """All samples as a change leaves them. Few go through at a time: images as numbers are four times as large."""
    size = _portion(values.shape)

    def changed(start: int) -> Tensor:
        return change(field.type.to_tensor(torch.from_numpy(values[start : start + size])))

    first = changed(0)
    found = allocate((len(values), *first.shape[1:]), first.numpy().dtype)
    found[:size] = first.numpy()

    def put(start: int) -> None:
        torch.from_numpy(found[start : start + size]).copy_(changed(start))

    # torch's own threads share portions so small, and wait long for each other where others use the processors
    for _ in prefetch(put, range(size, len(values), size), processors()):
        pass
    return torch.from_numpy(found)


def _changed(field: DataField, values: np.ndarray, change: Callable[[Tensor], Tensor]) -> Iterator[Tensor]:
    """The samples as a change leaves them, some at a time."""
    return (change(field.type.to_tensor(portion)) for portion in portions(torch.from_numpy(values)))


def portions(inputs: Tensor) -> tuple[Tensor, ...]:
    """Inputs [N, …], some at a time."""
    return inputs.split(_portion(inputs.shape))


def _portion(shape: Sequence[int]) -> int:
    """How many samples of [N, …] are transformed at a time."""
    return max(PORTION // prod(shape[1:]), 1)


def _steps_for(field: DataField, type: DataType, steps: Sequence[S]) -> tuple[tuple[int, S], ...]:
    return tuple((index, step) for index, step in enumerate(steps) if field in type.fields_for(step.field))


def _ready(inputs: Tensor) -> Tensor:
    """An input as the network takes it: float32, or the numbers of words."""
    return inputs.float() if inputs.is_floating_point() else inputs
