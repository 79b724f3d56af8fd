"""The samples of a work as tutorials read them: torchvision's transforms, one sample at a time, in DataLoaders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Subset
from torchvision import transforms

from benchmarks.speed.data.images import Images
from benchmarks.speed.work import Work

Samples = Dataset[tuple[Any, ...]]
Batches = DataLoader[tuple[Tensor, Tensor]]


def data_sets(work: Work, folder: Path) -> tuple[Samples, Samples, Samples]:
    """Training, validation and test; drawn by torch's seed."""
    numbers = [transforms.ToTensor()]
    if isinstance(work.data, Images):
        numbers.append(transforms.Normalize(work.data.mean, work.data.std))
    plain, augmented = transforms.Compose(numbers), transforms.Compose([*work.transforms(), *numbers])
    whole = work.data.data_set(folder, "train", plain)
    order = torch.randperm(len(whole))[: work.samples].tolist()
    tenth = len(order) // 10
    # validation isn't augmented, so it is of another data set
    training = work.data.data_set(folder, "train", augmented) if work.augments else whole
    return Subset(training, order[tenth:]), Subset(whole, order[:tenth]), work.data.data_set(folder, "test", plain)


def loaders(work: Work, folder: Path) -> tuple[Batches, Batches, Batches]:
    training, validation, test = data_sets(work, folder)
    return (
        DataLoader(training, batch_size=work.batch_size, shuffle=True, num_workers=work.workers),
        DataLoader(validation, batch_size=256, num_workers=work.workers),
        DataLoader(test, batch_size=256, num_workers=work.workers),
    )
