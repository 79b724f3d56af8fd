"""Turn bright into dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.transforms._images import ImageTransform
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


class Invert(ImageTransform):
    """Make of each pixel what it lacks of 1, so that black becomes white."""

    torch_names: ClassVar = ("torchvision.transforms.v2.functional.invert",)
    not_exported: ClassVar = None
    examples: ClassVar = (Example("invert", into=(3, 32, 32), out=(3, 32, 32)),)

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        from netspec.modules import colours

        return colours.invert(inputs)

    def python(self, x: Shape, portions: str) -> Python:
        return Python("x = invert(x)", ("netspec.modules.colours.invert",))
