"""Pictures with the form of CIFAR-10's: stripes whose width and direction are those of a class, under other shapes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset

from benchmarks.speed.data.images import Images
from benchmarks.speed.data.patterns import striped

PORTION = 1_000


class Pictures(Images):
    name = "pictures.npz"
    mean = (0.5, 0.5, 0.5)
    std = (0.25, 0.25, 0.25)

    def make(self, path: Path, train: int = 50_000, test: int = 10_000) -> None:
        chance = np.random.default_rng(0)
        arrays: dict[str, np.ndarray] = {}
        for split, count in (("train", train), ("test", test)):
            classes = chance.permutation(np.arange(count) % 10)
            portions = [striped(part, 32, 32, chance) for part in np.split(classes, range(PORTION, count, PORTION))]
            arrays |= {f"{split}_images": np.concatenate(portions), f"{split}_classes": classes}
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)

    def read(self, folder: Path, split: str) -> tuple[Tensor, Tensor]:
        with np.load(self.path(folder)) as arrays:
            return torch.from_numpy(arrays[f"{split}_images"]), torch.from_numpy(arrays[f"{split}_classes"])

    def data_set(self, folder: Path, split: str, transform: Callable[[Any], Tensor]) -> Dataset[tuple[Tensor, int]]:
        return PictureSet(*self.read(folder, split), transform)


class PictureSet(Dataset[tuple[Tensor, int]]):
    """What torchvision's CIFAR10 does with its arrays: images are kept with their channels last, and become Pillow's
    one by one."""

    def __init__(self, images: Tensor, classes: Tensor, transform: Callable[[Any], Tensor]) -> None:
        self.images = np.ascontiguousarray(images.permute(0, 2, 3, 1).numpy())
        self.classes: list[int] = classes.tolist()
        self.transform = transform

    def __len__(self) -> int:
        return len(self.classes)

    def __getitem__(self, place: int) -> tuple[Tensor, int]:
        return self.transform(Image.fromarray(self.images[place])), self.classes[place]
