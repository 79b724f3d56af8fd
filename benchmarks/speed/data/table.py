"""A wide table: many columns of different scales, of which a few tell the class, by themselves and in pairs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, TensorDataset

from benchmarks.speed.data.data import Data

COLUMNS, TELLING, CLASSES = 200, 20, 5


class Table(Data):
    name = "table.npz"

    def make(self, path: Path, train: int = 100_000, test: int = 20_000) -> None:
        chance = np.random.default_rng(0)
        rows = chance.normal(0, 1, (train + test, COLUMNS)).astype(np.float32)
        telling = rows[:, :TELLING]
        pairs = telling * np.roll(telling, 1, axis=1)
        scores = telling @ chance.normal(0, 1, (TELLING, CLASSES)) + pairs @ chance.normal(0, 0.5, (TELLING, CLASSES))
        classes = (scores + chance.normal(0, 0.5, scores.shape)).argmax(1)
        rows = rows * chance.lognormal(0, 2, COLUMNS) + chance.normal(0, 10, COLUMNS)
        rows = rows[:, chance.permutation(COLUMNS)].astype(np.float32)
        arrays = {"train_rows": rows[:train], "train_classes": classes[:train]}
        arrays |= {"test_rows": rows[train:], "test_classes": classes[train:]}
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)

    def read(self, folder: Path, split: str) -> tuple[Tensor, Tensor]:
        """Rows with the scale of the training split taken from them."""
        with np.load(self.path(folder)) as arrays:
            known, rows, classes = arrays["train_rows"], arrays[f"{split}_rows"], arrays[f"{split}_classes"]
        rows = (rows - known.mean(0, dtype=np.float64)) / known.std(0, dtype=np.float64)
        return torch.from_numpy(rows).float(), torch.from_numpy(classes)

    def normalised(self, inputs: Tensor) -> Tensor:
        return inputs

    def data_set(self, folder: Path, split: str, transform: Callable[[Any], Tensor]) -> Dataset[tuple[Tensor, ...]]:
        return TensorDataset(*self.read(folder, split))
