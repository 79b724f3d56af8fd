"""Sharpen or smooth images by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations._images import Sometimes
from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    from torch import Tensor


class RandomAdjustSharpness(Sometimes):
    """Sharpen or smooth an image with probability p."""

    colours: ClassVar = True
    positional: ClassVar = ("sharpness_factor", "p")
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomAdjustSharpness",)
    examples: ClassVar = (Example("random_adjust_sharpness(2)", into=(3, 32, 32), out=(3, 32, 32)),)

    sharpness_factor: Annotated[float, Field(ge=0, description="0 smooths, 1 changes nothing, above it sharpens")]

    def changed(self, images: Tensor) -> Tensor:
        from netspec.modules import filters

        return filters.sharpness(images, images.new_full((1,), self.sharpness_factor))

    def python_changed(self) -> Python:
        return Python(
            f"sharpness(x, x.new_full((1,), {self.sharpness_factor!r}))", ("netspec.modules.filters.sharpness",)
        )
