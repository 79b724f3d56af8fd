"""Make images grey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.transforms._images import ImageTransform
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


class Grayscale(ImageTransform):
    """Make coloured images grey, weighing red, green and blue as the eye does."""

    colours: ClassVar = True
    positional: ClassVar = ("num_output_channels",)
    torch_names: ClassVar = ("torchvision.transforms.v2.Grayscale",)
    aliases: ClassVar = (
        "gray",
        "rgb_to_grayscale",
        "greyscale",
    )
    not_exported: ClassVar = None
    examples: ClassVar = (
        Example("grayscale", into=(3, 32, 32), out=(1, 32, 32)),
        Example("grayscale(3)", into=(3, 32, 32), out=(3, 32, 32)),
    )

    num_output_channels: Annotated[Literal[1, 3], Field(description="1, or 3 that are the same")] = 1

    def infer(self, x: Shape) -> Shape:
        return super().infer(x).with_dims(self.num_output_channels, *x.spatial)

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        from netspec.modules import colours

        return colours.grey(inputs).expand(-1, self.num_output_channels, -1, -1)

    def python(self, x: Shape, portions: str) -> Python:
        return Python(f"x = grey(x).expand(-1, {self.num_output_channels}, -1, -1)", ("netspec.modules.colours.grey",))
