"""Turn bright into dark by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.augmentations._images import Sometimes
from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    from torch import Tensor


class RandomInvert(Sometimes):
    """Make black of white and white of black with probability p."""

    positional: ClassVar = ("p",)
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomInvert",)
    examples: ClassVar = (Example("random_invert", into=(3, 32, 32), out=(3, 32, 32)),)

    def changed(self, images: Tensor) -> Tensor:
        from netspec.modules import colours

        return colours.invert(images)

    def python_changed(self) -> Python:
        return Python("invert(x)", ("netspec.modules.colours.invert",))
