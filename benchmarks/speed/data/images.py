"""Images of bytes, with a mean and a standard deviation for each channel."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from benchmarks.speed.data.data import Data


class Images(Data):
    mean: ClassVar[tuple[float, ...]]
    std: ClassVar[tuple[float, ...]]

    def normalised(self, inputs: Tensor) -> Tensor:
        mean, std = (torch.tensor(numbers).view(-1, 1, 1) for numbers in (self.mean, self.std))
        return inputs.float().mul_(1 / 255).sub_(mean).div_(std)
