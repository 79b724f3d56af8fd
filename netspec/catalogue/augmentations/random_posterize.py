"""Leave images few levels of brightness by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations._images import Sometimes
from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    from torch import Tensor


class RandomPosterize(Sometimes):
    """Leave each channel, with probability p, as many levels as some bits can count."""

    positional: ClassVar = ("bits", "p")
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomPosterize",)
    examples: ClassVar = (Example("random_posterize(3)", into=(3, 32, 32), out=(3, 32, 32)),)

    bits: Annotated[int, Field(ge=1, le=8, description="bits of a channel, for 2 to the power of `bits` levels")]

    def changed(self, images: Tensor) -> Tensor:
        from netspec.modules import colours

        return colours.posterize(images, images.new_full((1,), self.bits))

    def python_changed(self) -> Python:
        return Python(f"posterize(x, x.new_full((1,), {self.bits!r}))", ("netspec.modules.colours.posterize",))
