"""AutoAugment and its kin: operations on images that are drawn from a list, with a strength each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations._images import ImageAugmentation
from netspec.catalogue.images import Interpolation, fits_channels
from netspec.catalogue.values import Numbers
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


class Automatic(ImageAugmentation):
    """A policy of operations. What is drawn are steps of `operations.operated`."""

    colours: ClassVar = True
    moves_pixels: ClassVar = True

    interpolation: Interpolation = "nearest"
    fill: Annotated[
        float | Numbers | None, Field(description="what stands where an image has nothing; by default it is black")
    ] = None

    def infer(self, x: Shape) -> Shape:
        fits_channels("fill", self.fill, super().infer(x))
        return x

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        from netspec.modules import operations

        return operations.operated(inputs, drawn, self.interpolation, self.fill)

    def move(self, values: Tensor, drawn: Tensor) -> Tensor:
        from netspec.modules import operations

        return operations.moved(values, drawn)
