"""Blur images by chance more or less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations._images import ImageAugmentation, uniform
from netspec.catalogue.entry import Example
from netspec.catalogue.images import PositiveFloat, PositiveRange, Range, Size, fits_kernel, odd, pair, rises
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


class GaussianBlur(ImageAugmentation):
    """Take for each pixel the mean of those around it, weighed by a Gaussian of a random width."""

    positional: ClassVar = ("kernel_size",)
    torch_names: ClassVar = ("torchvision.transforms.v2.GaussianBlur",)
    examples: ClassVar = (
        Example("gaussian_blur(3)", into=(3, 32, 32), out=(3, 32, 32)),
        Example("gaussian_blur([5, 3], sigma=[0.1, 1])", into=(3, 32, 32), out=(3, 32, 32)),
    )

    kernel_size: Annotated[Size, Field(description="odd width and height of what is taken around a pixel")]
    sigma: Annotated[
        PositiveFloat | PositiveRange, Field(description="how wide the bell is, or from where to where at random")
    ] = (0.1, 2.0)

    def check(self) -> None:
        odd("kernel_size", self.kernel_size)
        rises("sigma", self._range())

    def infer(self, x: Shape) -> Shape:
        fits_kernel("kernel_size", pair(self.kernel_size), super().infer(x))
        return x

    def _range(self) -> Range:
        return self.sigma if isinstance(self.sigma, tuple) else (self.sigma, self.sigma)

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        return uniform(count, self._range(), generator).float()

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        from netspec.modules import filters

        return filters.gaussian_blur(inputs, pair(self.kernel_size), drawn.view(-1, 1).expand(-1, 2))
