"""Invert the bright pixels of images by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations._images import Sometimes
from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    from torch import Tensor


class RandomSolarize(Sometimes):
    """Invert, with probability p, the pixels that are at least as bright as a threshold."""

    positional: ClassVar = ("threshold", "p")
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomSolarize",)
    examples: ClassVar = (Example("random_solarize(0.5)", into=(3, 32, 32), out=(3, 32, 32)),)

    threshold: Annotated[float, Field(ge=0, le=1, description="the brightness from which on pixels are inverted")]

    def changed(self, images: Tensor) -> Tensor:
        from netspec.modules import colours

        return colours.solarize(images, images.new_full((1,), self.threshold))

    def python_changed(self) -> Python:
        return Python(f"solarize(x, x.new_full((1,), {self.threshold!r}))", ("netspec.modules.colours.solarize",))
