"""Give grey images three channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.transforms._images import ImageTransform
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


class Rgb(ImageTransform):
    """Give a grey image the channels red, green and blue, all the same; others stay as they are."""

    colours: ClassVar = True
    torch_names: ClassVar = ("torchvision.transforms.v2.RGB",)
    aliases: ClassVar = (
        "to_rgb",
        "gray_to_rgb",
    )
    not_exported: ClassVar = None
    examples: ClassVar = (Example("rgb", into=(1, 28, 28), out=(3, 28, 28)),)

    def infer(self, x: Shape) -> Shape:
        return super().infer(x).with_dims(3, *x.spatial)

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        return inputs.expand(-1, 3, -1, -1) if inputs.shape[1] == 1 else inputs

    def python(self, x: Shape, portions: str) -> Python:
        return Python("x = x.expand(-1, 3, -1, -1)" if x.channels == 1 else "")
