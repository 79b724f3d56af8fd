"""The network that all contenders train."""

from __future__ import annotations

from torch import nn


def network() -> nn.Sequential:
    return nn.Sequential(
        nn.Flatten(),
        *(nn.Linear(784, 256), nn.BatchNorm1d(256), nn.ReLU()),
        *(nn.Linear(256, 128), nn.BatchNorm1d(128), nn.ReLU()),
        nn.Linear(128, 10),
    )
