"""Flip images upside down."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.augmentations._images import Sometimes
from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    from torch import Tensor


class RandomVerticalFlip(Sometimes):
    """Flip an image upside down with probability p, as torchvision's RandomVerticalFlip does."""

    moves_pixels: ClassVar = True
    positional: ClassVar = ("p",)
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomVerticalFlip",)
    aliases: ClassVar = (
        "vertical_flip",
        "vflip",
    )
    examples: ClassVar = (Example("random_vertical_flip", into=(3, 32, 32), out=(3, 32, 32)),)

    @property
    def mirrors(self) -> bool:
        return True

    def changed(self, images: Tensor) -> Tensor:
        return images.flip(-2)

    def python_changed(self) -> Python:
        return Python("x.flip(-2)")
