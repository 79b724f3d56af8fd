"""Invert the bright pixels of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.transforms._images import ImageTransform
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


class Solarize(ImageTransform):
    """Invert the pixels that are at least as bright as a threshold."""

    positional: ClassVar = ("threshold",)
    torch_names: ClassVar = ("torchvision.transforms.v2.functional.solarize",)
    not_exported: ClassVar = None
    examples: ClassVar = (Example("solarize(0.5)", into=(3, 32, 32), out=(3, 32, 32)),)

    threshold: Annotated[float, Field(ge=0, le=1, description="the brightness from which on pixels are inverted")]

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        from netspec.modules import colours

        return colours.solarize(inputs, inputs.new_full((1,), self.threshold))

    def python(self, x: Shape, portions: str) -> Python:
        return Python(f"x = solarize(x, x.new_full((1,), {self.threshold!r}))", ("netspec.modules.colours.solarize",))
