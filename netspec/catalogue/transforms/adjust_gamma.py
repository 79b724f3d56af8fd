"""Change the brightness of images along a curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.transforms._images import ImageTransform
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


class AdjustGamma(ImageTransform):
    """Raise each number to a power, which makes the dark parts of an image darker above 1 and brighter below."""

    positional: ClassVar = ("gamma", "gain")
    torch_names: ClassVar = ("torchvision.transforms.v2.functional.adjust_gamma",)
    not_exported: ClassVar = None
    examples: ClassVar = (Example("adjust_gamma(0.5)", into=(1, 28, 28), out=(1, 28, 28)),)

    gamma: Annotated[float, Field(gt=0, description="the exponent")]
    gain: Annotated[float, Field(gt=0, description="what the power is multiplied by; 1 stays the most there is")] = 1.0

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        from netspec.modules import colours

        return colours.gamma(inputs, self.gamma, self.gain)

    def python(self, x: Shape, portions: str) -> Python:
        return Python(f"x = gamma(x, {self.gamma!r}, {self.gain!r})", ("netspec.modules.colours.gamma",))
