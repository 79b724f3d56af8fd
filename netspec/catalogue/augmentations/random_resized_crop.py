"""Cut random parts out of images and bring them to one size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.augmentations._images import ImageAugmentation
from netspec.catalogue.entry import Example
from netspec.catalogue.images import PositiveRange, Size, pair, rises
from netspec.catalogue.python import Python, literal
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


class RandomResizedCrop(ImageAugmentation):
    """Cut out a part of random area and shape, and bring it to the given size."""

    moves_pixels: ClassVar = True
    positional: ClassVar = ("size",)
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomResizedCrop",)
    unlike_torch: ClassVar = {"antialias": "a part that becomes smaller is always smoothed"}
    examples: ClassVar = (
        Example("random_resized_crop(24)", into=(3, 32, 32), out=(3, 24, 24)),
        Example("random_resized_crop(32, scale=[0.5, 1])", into=(3, 32, 32), out=(3, 32, 32)),
    )

    size: Annotated[Size, Field(description="height and width of what comes out")]
    scale: Annotated[PositiveRange, Field(description="area of the part as a share of the image's, between two")] = (
        0.08,
        1.0,
    )
    ratio: Annotated[PositiveRange, Field(description="width of the part by its height, from where to where")] = (
        3 / 4,
        4 / 3,
    )
    interpolation: Annotated[
        Literal["nearest", "bilinear", "bicubic"], Field(description="how pixels are made of those around them")
    ] = "bilinear"

    def check(self) -> None:
        rises("scale", self.scale)
        rises("ratio", self.ratio)

    def infer(self, x: Shape) -> Shape:
        return super().infer(x).with_dims(x.channels, *pair(self.size))

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        from netspec.catalogue.augmentations._boxes import boxes_of_parts

        return boxes_of_parts(count, x.spatial, self.scale, self.ratio, generator)

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        from netspec.modules import warps

        height, width = inputs.shape[2:]
        return warps.resized(inputs, drawn, pair(self.size), self.interpolation, (height, width))

    def python(self, x: Shape) -> Python:
        settings = literal((x.spatial, self.scale, self.ratio))[1:-1]
        size = literal((pair(self.size), self.interpolation, x.spatial))[1:-1]
        copied = ("netspec.catalogue.augmentations._boxes.boxes_of_parts", "netspec.modules.warps.resized")
        return Python(f"resized(x, drawn, {size})", copied, f"boxes_of_parts(count, {settings}, rng)")
