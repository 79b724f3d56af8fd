"""Blur images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.images import PositiveFloat, Size, fits_kernel, odd, pair
from netspec.catalogue.transforms._images import ImageTransform
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


class GaussianBlur(ImageTransform):
    """Take for each pixel the mean of those around it, weighed by a Gaussian."""

    positional: ClassVar = ("kernel_size",)
    torch_names: ClassVar = ("torchvision.transforms.v2.functional.gaussian_blur",)
    examples: ClassVar = (
        Example("gaussian_blur(3)", into=(3, 32, 32), out=(3, 32, 32)),
        Example("gaussian_blur([5, 3], sigma=1.5)", into=(1, 28, 28), out=(1, 28, 28)),
    )

    kernel_size: Annotated[Size, Field(description="odd width and height of what is taken around a pixel")]
    sigma: Annotated[
        PositiveFloat | tuple[PositiveFloat, PositiveFloat] | None,
        Field(description="how wide the bell is, along x and y; by default 0.15 * kernel_size + 0.35"),
    ] = None

    def check(self) -> None:
        odd("kernel_size", self.kernel_size)

    def infer(self, x: Shape) -> Shape:
        fits_kernel("kernel_size", pair(self.kernel_size), super().infer(x))
        return x

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        from netspec.modules import filters

        size, sigma = pair(self.kernel_size), self.sigma
        if sigma is None:
            sigma = (0.15 * size[0] + 0.35, 0.15 * size[1] + 0.35)
        widths = sigma if isinstance(sigma, tuple) else (sigma, sigma)
        return filters.gaussian_blur(inputs, size, inputs.new_tensor([widths]))
