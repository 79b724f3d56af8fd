"""What a report shows of a run's data: a few samples as the network gets them, and the mistakes it was surest of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from netspec.catalogue.metrics import Predictions
from netspec.data.prepare import PreparedData, Split
from netspec.data.processing import Processing

SAMPLES, MISTAKES = 24, 12
"""How many are shown at most."""


@dataclass(frozen=True)
class Sample:
    """A training sample as a picture, uint8 [height, width, channels], with its target."""

    picture: np.ndarray
    target: Any


@dataclass(frozen=True)
class Mistake:
    """A sample that was taken for another class: its place in the split, and its picture if it is one."""

    place: int
    picture: np.ndarray | None


@dataclass(frozen=True)
class ReportSamples:
    """`balance` has the classes with their numbers of training samples; `samples` are the first of epoch 1 after
    transforms and augmentation; `mistakes` are of the split that the network is judged on, the surest first."""

    balance: Mapping[str, int] = field(default_factory=dict[str, int])
    samples: tuple[Sample, ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    @classmethod
    def of(cls, data: PreparedData, split: str | None, predictions: Predictions | None) -> Self:
        """What there is to be shown of the data, and of how a network was judged on a split of it."""
        of_split = {"test": data.test, "validation": data.validation}[split] if split else None
        mistakes = _mistakes(data, of_split, predictions) if of_split and predictions else ()
        return cls(data.classes, _samples(data), mistakes)


def most_confident_mistakes(predictions: Predictions, most: int) -> list[int]:
    """The places of the samples that were taken for another class, the surest first; none without probabilities."""
    if predictions.probabilities is None:
        return []
    wrong = np.flatnonzero(predictions.decisions != predictions.targets)
    confidences = predictions.probabilities[wrong, predictions.decisions[wrong]]
    indices: list[int] = wrong[np.argsort(-confidences, kind="stable")][:most].tolist()
    return indices


def _samples(data: PreparedData) -> tuple[Sample, ...]:
    found = _images(data)
    if found is None:
        return ()
    number, processing = found
    batches = list(islice(data.epoch(1), -(-SAMPLES // data.program.data.batch_size)))
    inputs, targets = (torch.cat(parts)[:SAMPLES] for parts in zip(*((i[number], t) for i, t in batches), strict=True))
    pictures = _pictures(processing, inputs)
    return tuple(Sample(picture, target) for picture, target in zip(pictures, targets.tolist(), strict=False))


def _mistakes(data: PreparedData, split: Split, predictions: Predictions) -> tuple[Mistake, ...]:
    places, found = most_confident_mistakes(predictions, MISTAKES), _images(data)
    pictures: list[np.ndarray] = []
    if found is not None:
        number, processing = found
        inputs = split.inputs[number]
        pictures = _pictures(processing, inputs[torch.tensor(places, dtype=torch.int64, device=inputs.device)])
    return tuple(Mistake(place, picture) for place, picture in zip_longest(places, pictures))


def _images(data: PreparedData) -> tuple[int, Processing] | None:
    """The first input that is images, with its place."""
    images = (found for found in enumerate(data.processing) if found[1].field.type.pictured)
    return next(images, None)


def _pictures(processing: Processing, inputs: Tensor) -> list[np.ndarray]:
    """Images as the network takes them, [N, C, H, W], as pixels to look at; none where the channels aren't colours."""
    if inputs.ndim != 4 or inputs.shape[1] not in (1, 3):
        return []
    pixels = processing.visible(inputs).mul(255).round().to(torch.uint8)
    return list(pixels.permute(0, 2, 3, 1).cpu().numpy())
