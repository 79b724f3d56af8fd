"""Stretch the channels of images from 0 to 1 by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.augmentations._images import Sometimes
from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    from torch import Tensor


class RandomAutocontrast(Sometimes):
    """Stretch each channel of an image, with probability p, so that its darkest pixel is 0 and its brightest 1."""

    colours: ClassVar = True
    positional: ClassVar = ("p",)
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomAutocontrast",)
    examples: ClassVar = (Example("random_autocontrast", into=(3, 32, 32), out=(3, 32, 32)),)

    def changed(self, images: Tensor) -> Tensor:
        from netspec.modules import colours

        return colours.autocontrast(images)

    def python_changed(self) -> Python:
        return Python("autocontrast(x)", ("netspec.modules.colours.autocontrast",))
