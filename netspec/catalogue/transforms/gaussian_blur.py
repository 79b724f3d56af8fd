"""Blur images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.images import PositiveFloat, Range, Size, both, fits_kernel, odd, pair
from netspec.catalogue.python import Python, literal
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

        return filters.gaussian_blur(inputs, pair(self.kernel_size), inputs.new_tensor([self._widths()]))

    def _widths(self) -> Range:
        """The standard deviations along x and along y."""
        if self.sigma is not None:
            return both(self.sigma)
        width, height = pair(self.kernel_size)
        return 0.15 * width + 0.35, 0.15 * height + 0.35

    def python(self, x: Shape, portions: str) -> Python:
        widths = literal(self._widths())
        text = f"x = gaussian_blur(x, {literal(pair(self.kernel_size))}, x.new_tensor([{widths}]))"
        return Python(text, ("netspec.modules.filters.gaussian_blur",))
