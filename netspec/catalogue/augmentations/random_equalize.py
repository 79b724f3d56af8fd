"""Spread the brightness of images evenly by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.augmentations._images import Sometimes
from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    from torch import Tensor


class RandomEqualize(Sometimes):
    """Change the levels of each channel, with probability p, so that each level has about as many pixels."""

    positional: ClassVar = ("p",)
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomEqualize",)
    examples: ClassVar = (Example("random_equalize", into=(3, 32, 32), out=(3, 32, 32)),)

    def changed(self, images: Tensor) -> Tensor:
        from netspec.modules import colours

        return colours.equalize(images)

    def python_changed(self) -> Python:
        return Python("equalize(x)", ("netspec.modules.colours.equalize",))
