"""Leave images few levels of brightness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.transforms._images import ImageTransform
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


class Posterize(ImageTransform):
    """Leave each channel as many levels as some bits can count, as torchvision does with numbers from 0 to 1."""

    positional: ClassVar = ("bits",)
    torch_names: ClassVar = ("torchvision.transforms.v2.functional.posterize",)
    not_exported: ClassVar = None
    examples: ClassVar = (Example("posterize(4)", into=(3, 32, 32), out=(3, 32, 32)),)

    bits: Annotated[int, Field(ge=1, le=8, description="bits of a channel, for 2 to the power of `bits` levels")]

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        from netspec.modules import colours

        return colours.posterize(inputs, inputs.new_full((1,), self.bits))

    def python(self, x: Shape, portions: str) -> Python:
        return Python(f"x = posterize(x, x.new_full((1,), {self.bits!r}))", ("netspec.modules.colours.posterize",))
