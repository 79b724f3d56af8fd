"""The network and the pictures of gap_cnn, each picture shifted, mirrored and turned anew in each epoch."""

from __future__ import annotations

from math import radians
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks.speed.works.gap_cnn import GapCnn

BORDER = 4
DEGREES = 10.0


class GapCnnAugmented(GapCnn):
    augments = True

    def transforms(self) -> list[Any]:
        from torchvision import transforms

        return [
            transforms.RandomCrop(32, padding=BORDER),
            transforms.RandomHorizontalFlip(),
            transforms.RandomRotation(DEGREES),
        ]

    def keras_augmentation(self) -> list[Any]:
        from keras import layers

        # Keras has no crop with a border, so it shifts, by parts of a pixel too; what lies outside is black, and the
        # pictures are normalised already
        black = {
            "fill_mode": "constant",
            "fill_value": -self.data.mean[0] / self.data.std[0],
            "interpolation": "nearest",
        }
        return [
            layers.RandomTranslation(BORDER / 32, BORDER / 32, **black),
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(DEGREES / 360, **black),
        ]

    def prepared(self, inputs: Tensor) -> Tensor:
        return F.pad(inputs, (BORDER,) * 4)

    def batch(self, inputs: Tensor) -> Tensor:
        """Crop and mirror in one step, then turn all of them at once."""
        count = len(inputs)
        places = torch.arange(32)
        rows = torch.randint(2 * BORDER + 1, (count, 1)) + places
        columns = torch.randint(2 * BORDER + 1, (count, 1)) + places.flip(0).where(torch.rand(count, 1) < 0.5, places)
        # a single gather: one index for each dimension but the channels
        cut = inputs.movedim(1, -1)[torch.arange(count).view(-1, 1, 1), rows[:, :, None], columns[:, None]]
        angles = (2 * torch.rand(count) - 1) * radians(DEGREES)
        cos, sin, none = angles.cos(), angles.sin(), torch.zeros(count)
        turns = torch.stack([cos, sin, none, -sin, cos, none], 1).view(-1, 2, 3)
        grid = F.affine_grid(turns, [count, 3, 32, 32], align_corners=False)
        turned = F.grid_sample(cut.movedim(-1, 1).float(), grid, mode="nearest", align_corners=False)
        return self.data.normalised(turned)


WORK = GapCnnAugmented()
