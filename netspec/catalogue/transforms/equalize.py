"""Spread the brightness of images evenly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.transforms._images import ImageTransform
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


class Equalize(ImageTransform):
    """Change the levels of each channel so that each has about as many pixels, with 256 levels, as Pillow does."""

    torch_names: ClassVar = ("torchvision.transforms.v2.functional.equalize",)
    not_exported: ClassVar = None
    examples: ClassVar = (Example("equalize", into=(3, 32, 32), out=(3, 32, 32)),)

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        from netspec.modules import colours

        return colours.equalize(inputs)

    def python(self, x: Shape, portions: str) -> Python:
        return Python("x = equalize(x)", ("netspec.modules.colours.equalize",))
