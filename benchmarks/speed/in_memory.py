"""The samples of a work as tensors in memory, divided."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from benchmarks.speed.work import Work

Pair = tuple[Tensor, Tensor]


def divided(work: Work, folder: Path) -> tuple[Pair, Pair, Pair]:
    """Inputs and classes for training, validation and test, as they are stored; drawn by torch's seed."""
    inputs, classes = work.data.read(folder, "train")
    order = torch.randperm(len(classes))[: work.samples]
    validation, training = order.split([len(order) // 10, len(order) - len(order) // 10])
    return (
        (inputs[training], classes[training]),
        (inputs[validation], classes[validation]),
        work.data.read(folder, "test"),
    )


def normalised(work: Work, folder: Path) -> tuple[Pair, Pair, Pair]:
    """The same as the network takes it."""
    training, validation, test = ((work.data.normalised(inputs), classes) for inputs, classes in divided(work, folder))
    return training, validation, test
