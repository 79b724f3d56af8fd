"""Decision regions: the class that a network predicts at each place of the plane that its samples are points of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from netspec.catalogue.metrics import Predictions
from netspec.data.points import MOST, Points, axes_of
from netspec.data.prepare import PreparedData, Split
from netspec.data.processing import Processing
from netspec.data.split import subsample

SIDE = 200
"""The number of places in each direction."""
MARGIN = 0.08
"""The room around the points, as a fraction of their range."""
BATCH = 2000


@dataclass(frozen=True)
class DecisionRegions:
    """The predicted classes [H, W] at the places `up` [H] and `across` [W], both increasing and in the units of the
    data; and some points of the evaluated split, `wrong` [N] where their class is predicted wrongly."""

    across: np.ndarray
    up: np.ndarray
    classes: np.ndarray
    points: Points
    wrong: np.ndarray

    @classmethod
    def of(cls, network: nn.Module, data: PreparedData, split: Split, predictions: Predictions) -> Self | None:
        """The regions of a network and the predictions for a split; None if samples are no points in a plane, or the
        transforms can't be undone."""
        if axes_of(data.program.type) is None:
            return None
        (processing,), chosen = data.processing, subsample(len(predictions.targets), MOST)
        taken = split.inputs[0][torch.from_numpy(chosen).to(split.inputs[0].device)].cpu()
        values = processing.undone(taken.double()).numpy()
        points = Points.of(data.program.type, values, predictions.targets[chosen])
        if points is None or len(points.values) < len(values) or not _is_same(processing.evaluated(values), taken):
            return None
        across, up = (_places(column) for column in values.T)
        grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
        classes = _decided(network, data, processing, grid).reshape(SIDE, SIDE)
        wrong = predictions.decisions[chosen] != predictions.targets[chosen]
        return cls(across, up, classes, points, wrong)


def _is_same(inputs: Tensor, others: Tensor) -> bool:
    return bool(torch.allclose(inputs, others, rtol=1e-3, atol=1e-3))


def _places(values: np.ndarray) -> np.ndarray:
    """Places [SIDE] from below the smallest value to above the largest."""
    room = MARGIN * (values.max() - values.min()) or 1.0
    return np.linspace(values.min() - room, values.max() + room, SIDE)


def _decided(network: nn.Module, data: PreparedData, processing: Processing, points: np.ndarray) -> np.ndarray:
    """The classes [N] that a network predicts for points [N, 2] in the units of the data, in evaluation mode."""
    training, program = network.training, data.program
    network.eval()
    with torch.inference_mode():
        parts = processing.evaluated(points).to(data.device).split(BATCH)
        decisions = [program.loss.decide(network(part), program.type.target) for part in parts]
    network.train(training)
    return torch.cat(decisions).cpu().numpy()
