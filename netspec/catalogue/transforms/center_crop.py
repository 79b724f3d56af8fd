"""Cut the middle out of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.images import Size, pair
from netspec.catalogue.python import Python
from netspec.catalogue.transforms._images import ImageTransform
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


class CenterCrop(ImageTransform):
    """Cut a part of the given size out of the middle of images.

    Where an image is smaller, black is added around it.
    """

    moves_pixels: ClassVar = True
    positional: ClassVar = ("size",)
    torch_names: ClassVar = ("torchvision.transforms.v2.CenterCrop",)
    not_exported: ClassVar = None
    examples: ClassVar = (
        Example("center_crop(24)", into=(3, 32, 28), out=(3, 24, 24)),
        Example("center_crop([32, 40])", into=(1, 28, 28), out=(1, 32, 40)),
    )

    size: Annotated[Size, Field(description="height and width of the part")]

    def infer(self, x: Shape) -> Shape:
        return super().infer(x).with_dims(x.channels, *pair(self.size))

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        from netspec.modules import warps

        height, width = pair(self.size)
        tall, wide = max(height - inputs.shape[2], 0), max(width - inputs.shape[3], 0)
        framed = warps.padded(inputs, (wide // 2, tall // 2, (wide + 1) // 2, (tall + 1) // 2))
        # the half of an odd number to the even one, as Python and so torchvision rounds
        top, left = round((framed.shape[2] - height) / 2), round((framed.shape[3] - width) / 2)
        return framed[..., top : top + height, left : left + width]

    def python(self, x: Shape, portions: str) -> Python | None:
        height, width = pair(self.size)
        tall, wide = x.spatial[0] - height, x.spatial[1] - width
        if tall < 0 or wide < 0:
            return None
        top, left = round(tall / 2), round(wide / 2)
        return Python(f"x = x[..., {top}:{top + height}, {left}:{left + width}]")
