"""MNIST, in the folder that torchvision keeps it in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from benchmarks.speed.data.images import Images

FILES = {"train": "train", "test": "t10k"}


class Mnist(Images):
    name = "MNIST"
    is_named = False
    mean = (0.1307,)
    std = (0.3081,)

    def ensure(self, folder: Path) -> None:
        if not self.path(folder).exists():
            from torchvision.datasets import MNIST

            MNIST(folder, download=True)

    def make(self, path: Path) -> None:
        raise AssertionError("it is fetched")

    def read(self, folder: Path, split: str) -> tuple[Tensor, Tensor]:
        start = self.path(folder) / "raw" / FILES[split]
        pixels = np.fromfile(f"{start}-images-idx3-ubyte", np.uint8)[16:].reshape(-1, 1, 28, 28)
        labels = np.fromfile(f"{start}-labels-idx1-ubyte", np.uint8)[8:]
        return torch.from_numpy(pixels), torch.from_numpy(labels).long()

    def data_set(self, folder: Path, split: str, transform: Callable[[Any], Tensor]) -> Dataset[tuple[Tensor, int]]:
        from torchvision.datasets import MNIST

        return MNIST(folder, train=split == "train", transform=transform)
