"""Cut a part out of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.transforms._images import ImageTransform
from netspec.catalogue.values import NonNegativeInt, PositiveInt
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import Tensor


class Crop(ImageTransform):
    """Cut the same part out of every image."""

    moves_pixels: ClassVar = True
    torch_names: ClassVar = ("torchvision.transforms.v2.functional.crop",)
    examples: ClassVar = (Example("crop(top=2, left=4, height=20, width=16)", into=(3, 32, 32), out=(3, 20, 16)),)

    top: Annotated[NonNegativeInt, Field(description="rows above the part")]
    left: Annotated[NonNegativeInt, Field(description="columns to the left of it")]
    height: Annotated[PositiveInt, Field(description="its height")]
    width: Annotated[PositiveInt, Field(description="its width")]

    def infer(self, x: Shape) -> Shape:
        height, width = super().infer(x).spatial
        for start, size, whole, argument in (
            (self.top, self.height, height, "height"),
            (self.left, self.width, width, "width"),
        ):
            if start + size > whole:
                raise MisfitError(f"the part ends at {start + size} and the {argument} is {whole}", argument=argument)
        return x.with_dims(x.channels, self.height, self.width)

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        return inputs[..., self.top : self.top + self.height, self.left : self.left + self.width]
