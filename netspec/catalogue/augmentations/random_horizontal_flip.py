"""Flip images left to right."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.augmentations._images import Sometimes
from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    from torch import Tensor


class RandomHorizontalFlip(Sometimes):
    """Flip an image left to right with probability p, as torchvision's RandomHorizontalFlip does."""

    moves_pixels: ClassVar = True
    positional: ClassVar = ("p",)
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomHorizontalFlip",)
    aliases: ClassVar = (
        "horizontal_flip",
        "hflip",
    )
    examples: ClassVar = (Example("random_horizontal_flip", into=(3, 32, 32), out=(3, 32, 32)),)

    @property
    def mirrors(self) -> bool:
        return True

    def changed(self, images: Tensor) -> Tensor:
        return images.flip(-1)

    def python_changed(self) -> Python:
        return Python("x.flip(-1)")
