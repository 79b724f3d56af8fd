"""Bring images to another size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.images import Size
from netspec.catalogue.python import Python
from netspec.catalogue.transforms._images import ImageTransform
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import Tensor


class Resize(ImageTransform):
    """Bring images to another size.

    A single number is for the shorter side, and the longer one keeps its ratio to it.
    """

    moves_pixels: ClassVar = True
    positional: ClassVar = ("size",)
    torch_names: ClassVar = ("torchvision.transforms.v2.Resize",)
    not_exported: ClassVar = None
    examples: ClassVar = (
        Example("resize([24, 32])", into=(3, 48, 48), out=(3, 24, 32)),
        Example("resize(14, interpolation=bicubic)", into=(1, 28, 35), out=(1, 14, 17)),
    )

    size: Annotated[Size, Field(description="length of the shorter side, or height and width")]
    interpolation: Annotated[
        Literal["nearest", "bilinear", "bicubic"],
        Field(description="how pixels are made of those around them"),
    ] = "bilinear"
    max_size: Annotated[PositiveInt | None, Field(description="the most that the longer side may become")] = None
    antialias: Annotated[
        bool, Field(description="smooth images that become smaller; `bilinear` and `bicubic` alone do")
    ] = True

    def check(self) -> None:
        if self.max_size is None:
            return
        if isinstance(self.size, tuple):
            raise MisfitError("`size` says height and width, and `max_size` is for one number", argument="max_size")
        if self.max_size <= self.size:
            raise MisfitError(f"the longer side is at least {self.size}", argument="max_size")

    def infer(self, x: Shape) -> Shape:
        height, width = self._size(*super().infer(x).spatial)
        if not height or not width:
            raise MisfitError(f"a side of {x} would have no pixel", argument="max_size")
        return x.with_dims(x.channels, height, width)

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        from torch.nn import functional

        size = self._size(*inputs.shape[2:])
        if size == inputs.shape[2:]:
            return inputs
        if self.interpolation == "nearest":
            return functional.interpolate(inputs, size, mode=self.interpolation)
        return functional.interpolate(
            inputs, size, mode=self.interpolation, align_corners=False, antialias=self.antialias
        )

    def _size(self, height: int, width: int) -> tuple[int, int]:
        if isinstance(self.size, tuple):
            return self.size
        short, long = self.size, int(self.size * max(height, width) / min(height, width))
        if self.max_size is not None and long > self.max_size:
            short, long = int(self.max_size * short / long), self.max_size
        return (short, long) if height <= width else (long, short)

    def python(self, x: Shape, portions: str) -> Python:
        size = self._size(*x.spatial)
        if size == x.spatial:
            return Python("")
        smooth = "" if self.interpolation == "nearest" else f", align_corners=False, antialias={self.antialias}"
        return Python(f'x = F.interpolate(x, {size}, mode="{self.interpolation}"{smooth})')
