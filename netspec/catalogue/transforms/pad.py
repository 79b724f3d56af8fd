"""Add a border to images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.images import Fill, PaddingMode, Paddings, borders, fits_channels
from netspec.catalogue.python import Python, literal
from netspec.catalogue.transforms._images import ImageTransform
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


class Pad(ImageTransform):
    """Add a border around images."""

    moves_pixels: ClassVar = True
    positional: ClassVar = ("padding",)
    torch_names: ClassVar = ("torchvision.transforms.v2.Pad",)
    not_exported: ClassVar = None
    examples: ClassVar = (
        Example("pad(2)", into=(1, 28, 28), out=(1, 32, 32)),
        Example("pad([1, 2, 3, 4], padding_mode=reflect)", into=(3, 32, 32), out=(3, 38, 36)),
    )

    padding: Annotated[
        Paddings,
        Field(
            description="width of the border; for left and right and for top and bottom; or of left, top, right, bottom"
        ),
    ]
    fill: Fill = 0.0
    padding_mode: PaddingMode = "constant"

    def infer(self, x: Shape) -> Shape:
        fits_channels("fill", self.fill, super().infer(x))
        left, top, right, bottom = borders(self.padding)
        return x.with_dims(x.channels, top + x.spatial[0] + bottom, left + x.spatial[1] + right)

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        from netspec.modules import warps

        return warps.padded(inputs, borders(self.padding), self.padding_mode, self.fill)

    def python(self, x: Shape, portions: str) -> Python:
        arguments = ", ".join(map(literal, (borders(self.padding), self.padding_mode, self.fill)))
        return Python(f"x = padded(x, {arguments})", ("netspec.modules.warps.padded",))
