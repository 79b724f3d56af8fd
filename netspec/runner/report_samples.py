"""Samples for a report: a few as the network sees them, and the misclassified ones of highest confidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor, nn

from netspec.catalogue.metrics import Predictions
from netspec.data.prepare import PreparedData, Split
from netspec.data.processing import Processing
from netspec.runner.decision_regions import DecisionRegions

SAMPLES, MISTAKES = 24, 12
"""The largest numbers of samples and of mistakes."""


@dataclass(frozen=True)
class Sample:
    """A training sample as a picture, uint8 [height, width, channels], with its target."""

    picture: np.ndarray
    target: Any


@dataclass(frozen=True)
class Mistake:
    """A misclassified sample: its index in the split, and its picture if it is an image."""

    index: int
    picture: np.ndarray | None


@dataclass(frozen=True)
class ReportSamples:
    """`balance` has the classes with their numbers of training samples; `samples` are the first of epoch 1 after
    transforms and augmentation; `mistakes` are of the split that the network is evaluated on, those of highest
    confidence first; `regions` are those of the network if samples are points in a plane."""

    balance: Mapping[str, int] = field(default_factory=dict[str, int])
    samples: tuple[Sample, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    regions: DecisionRegions | None = None

    @classmethod
    def of(cls, network: nn.Module, data: PreparedData, split: str | None, predictions: Predictions | None) -> Self:
        """The samples of the data, and the mistakes in a network's predictions for a split of it."""
        of_split = {"test": data.test, "validation": data.validation}[split] if split else None
        if of_split is None or predictions is None:
            return cls(data.classes, _samples(data))
        mistakes = _mistakes(data, of_split, predictions)
        return cls(data.classes, _samples(data), mistakes, DecisionRegions.of(network, data, of_split, predictions))


def most_confident_mistakes(predictions: Predictions, most: int) -> list[int]:
    """The indices of the misclassified samples, those of highest confidence first; none without probabilities."""
    if predictions.probabilities is None:
        return []
    wrong = np.flatnonzero(predictions.decisions != predictions.targets)
    confidence = predictions.probabilities[wrong, predictions.decisions[wrong]]
    indices: list[int] = wrong[np.argsort(-confidence, kind="stable")][:most].tolist()
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
    indices, found = most_confident_mistakes(predictions, MISTAKES), _images(data)
    pictures: list[np.ndarray] = []
    if found is not None:
        number, processing = found
        inputs = split.inputs[number]
        pictures = _pictures(processing, inputs[torch.tensor(indices, dtype=torch.int64, device=inputs.device)])
    return tuple(Mistake(index, picture) for index, picture in zip_longest(indices, pictures))


def _images(data: PreparedData) -> tuple[int, Processing] | None:
    """The first input that is images, after its index."""
    images = (found for found in enumerate(data.processing) if found[1].field.type.pictured)
    return next(images, None)


def _pictures(processing: Processing, inputs: Tensor) -> list[np.ndarray]:
    """Inputs of the network [N, C, H, W] as visible pixels; empty if the channels aren't colours."""
    if inputs.ndim != 4 or inputs.shape[1] not in (1, 3):
        return []
    pixels = processing.visible(inputs).mul(255).round().to(torch.uint8)
    return list(pixels.permute(0, 2, 3, 1).cpu().numpy())
