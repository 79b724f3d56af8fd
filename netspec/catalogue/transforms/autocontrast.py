"""Stretch the channels of images from 0 to 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.transforms._images import ImageTransform
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


class Autocontrast(ImageTransform):
    """Stretch each channel of an image so that its darkest pixel is 0 and its brightest 1."""

    colours: ClassVar = True
    torch_names: ClassVar = ("torchvision.transforms.v2.functional.autocontrast",)
    not_exported: ClassVar = None
    examples: ClassVar = (Example("autocontrast", into=(3, 32, 32), out=(3, 32, 32)),)

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        from netspec.modules import colours

        return colours.autocontrast(inputs)

    def python(self, x: Shape, portions: str) -> Python:
        return Python("x = autocontrast(x)", ("netspec.modules.colours.autocontrast",))
