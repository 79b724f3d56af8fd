"""Bend images as if they were under water."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations._images import ImageAugmentation, seeds
from netspec.catalogue.entry import Example
from netspec.catalogue.images import (
    Fill,
    Interpolation,
    PositiveFloat,
    PositiveRange,
    Range,
    both,
    fits_channels,
    fits_kernel,
)
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


class Elastic(ImageAugmentation):
    """Move each pixel by a random way that is like that of the pixels around it."""

    moves_pixels: ClassVar = True
    torch_names: ClassVar = ("torchvision.transforms.v2.ElasticTransform",)
    examples: ClassVar = (
        Example("elastic(alpha=30, sigma=3)", into=(1, 28, 28), out=(1, 28, 28)),
        Example("elastic", into=(3, 32, 32), out=(3, 32, 32)),
    )

    alpha: Annotated[float | Range, Field(description="how far pixels move, or how far along x and along y")] = 50.0
    sigma: Annotated[
        PositiveFloat | PositiveRange, Field(description="how smooth the ways are, or how smooth along x and along y")
    ] = 5.0
    interpolation: Interpolation = "bilinear"
    fill: Fill = 0.0

    def infer(self, x: Shape) -> Shape:
        fits_channels("fill", self.fill, super().infer(x))
        for size in self._kernels():
            fits_kernel("sigma", (size, size), x)
        return x

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        return seeds(count, generator)

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        import torch

        from netspec.modules import filters, noise, warps
        from netspec.modules.constants import constant

        ways = noise.uniform(drawn, 2, *inputs.shape[2:]) * 2 - 1
        sigma = constant([both(self.sigma)], inputs, inputs.dtype)
        smooth = [
            filters.gaussian_blur(way.unsqueeze(1), (size, size), sigma)
            for way, size in zip(ways.unbind(1), self._kernels(), strict=True)
        ]
        # torchvision counts the way in sides of an image that is 2 long
        far = constant(both(self.alpha), inputs, inputs.dtype).view(2, 1, 1) / 2
        return warps.displaced(inputs, torch.cat(smooth, 1) * far, self.interpolation, self.fill)

    def _kernels(self) -> tuple[int, int]:
        """The odd sizes of the Gaussians that smooth the ways along x and along y."""
        along_x, along_y = (int(8 * sigma + 1) // 2 * 2 + 1 for sigma in both(self.sigma))
        return along_x, along_y
