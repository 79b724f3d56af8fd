"""Photographs: JPEG files of 256 x 256 in folders of their classes, smooth and rough as photographs are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset

from benchmarks.speed.data.images import Images
from benchmarks.speed.data.patterns import striped


class Photographs(Images):
    name = "photographs"
    fits = False
    mean = (0.5, 0.5, 0.5)
    std = (0.25, 0.25, 0.25)
    size = (64, 64)

    def make(self, path: Path, train: int = 4_000, test: int = 800) -> None:
        chance = np.random.default_rng(0)
        for split, count in (("train", train), ("test", test)):
            for number in range(count):
                kind = number % 10
                folder = path / split / f"class_{kind}"
                folder.mkdir(parents=True, exist_ok=True)
                image = striped(np.array([kind]), 256, self.size[0], chance)[0].transpose(1, 2, 0)
                Image.fromarray(image).save(folder / f"{number:05}.jpg", quality=90)

    def read(self, folder: Path, split: str) -> tuple[Tensor, Tensor]:
        raise AssertionError("they are too many for memory")

    def data_set(self, folder: Path, split: str, transform: Callable[[Any], Tensor]) -> Dataset[tuple[Tensor, int]]:
        from torchvision.datasets import ImageFolder
        from torchvision.transforms import Compose, Resize

        return ImageFolder(self.path(folder) / split, Compose([Resize(self.size), transform]))
