"""Samples for a report: a few as the network sees them, and the misclassified ones of highest confidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor, nn

from netspec.builder.grad_cam import grad_cam
from netspec.builder.network import Network
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
    """A misclassified sample: its index in the split, and its picture if it is an image. `looked` is where in it the
    network finds what speaks for the class that it decided on, [height, width] from 0 to 1; None if it has no feature
    maps."""

    index: int
    picture: np.ndarray | None
    looked: np.ndarray | None = None


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
        mistakes = _mistakes(network, data, of_split, predictions)
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
    shown = pictures(processing, inputs)
    return tuple(Sample(picture, target) for picture, target in zip(shown, targets.tolist(), strict=False))


def _mistakes(network: nn.Module, data: PreparedData, split: Split, predictions: Predictions) -> tuple[Mistake, ...]:
    indices, found = most_confident_mistakes(predictions, MISTAKES), _images(data)
    shown: list[np.ndarray] = []
    looked: list[np.ndarray] = []
    if found is not None and indices:
        number, processing = found
        inputs = [values[torch.tensor(indices, device=values.device)] for values in split.inputs]
        shown = pictures(processing, inputs[number])
        if shown and isinstance(network, Network):
            looked = _looked(network, data, inputs, predictions.decisions[indices])
    return tuple(Mistake(*one) for one in zip_longest(indices, shown, looked))


def _looked(network: Network, data: PreparedData, inputs: Sequence[Tensor], decisions: np.ndarray) -> list[np.ndarray]:
    """Where the network finds what speaks for decisions [N], with no more samples at a time than training has."""
    training, size = network.training, data.program.data.batch_size
    batches = zip(*(values.to(data.device).split(size) for values in inputs), strict=True)
    classes = torch.from_numpy(decisions).to(data.device).split(size)
    network.eval()
    maps = [grad_cam(network, data.program.graph, *batch) for batch in zip(batches, classes, strict=True)]
    network.train(training)
    return [one for found in maps if found is not None for one in found.cpu().numpy()]


def _images(data: PreparedData) -> tuple[int, Processing] | None:
    """The first input that is images, after its index."""
    images = (found for found in enumerate(data.processing) if found[1].field.type.pictured)
    return next(images, None)


def pictures(processing: Processing, inputs: Tensor) -> list[np.ndarray]:
    """Inputs of the network [N, C, H, W] as pictures, uint8 [H, W, C]; none if the channels aren't colors."""
    if inputs.ndim != 4 or inputs.shape[1] not in (1, 3):
        return []
    pixels = processing.visible(inputs).mul(255).round().to(torch.uint8)
    return list(pixels.permute(0, 2, 3, 1).cpu().numpy())
