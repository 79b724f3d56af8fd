"""Turn, shift, stretch and shear images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations._images import UNIFORM, ImageAugmentation, uniform
from netspec.catalogue.entry import Example
from netspec.catalogue.images import (
    UPRIGHT,
    Degrees,
    Fill,
    Interpolation,
    PositiveRange,
    Range,
    Shares,
    fits_channels,
    from_middle,
    rises,
    turns,
)
from netspec.catalogue.python import Python, literal
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


class RandomAffine(ImageAugmentation):
    """Turn, shift, stretch and shear an image around its middle, each by a random amount."""

    moves_pixels: ClassVar = True
    positional: ClassVar = ("degrees",)
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomAffine",)
    examples: ClassVar = (
        Example("random_affine(10, translate=[0.1, 0.1], scale=[0.9, 1.1])", into=(3, 32, 32), out=(3, 32, 32)),
        Example("random_affine(0, shear=[-5, 5, -3, 3])", into=(3, 32, 32), out=(3, 32, 32)),
    )

    degrees: Annotated[Degrees, Field(description="the largest angle in both directions, or from where to where")]
    translate: Annotated[
        Shares | None,
        Field(description="the largest shift along x and y, as a share of width and height"),
    ] = None
    scale: Annotated[PositiveRange | None, Field(description="how many times as large, from where to where")] = None
    shear: Annotated[
        Degrees | tuple[float, float, float, float] | None,
        Field(description="the largest angle of shear along x, or from where to where, and the same along y"),
    ] = None
    interpolation: Interpolation = "nearest"
    fill: Fill = 0.0
    center: Annotated[
        Range | None, Field(description="around what it is turned: x and y in pixels; by default the middle")
    ] = None

    @property
    def mirrors(self) -> bool:
        return max(map(abs, turns(self.degrees))) > UPRIGHT

    def check(self) -> None:
        rises("degrees", turns(self.degrees))
        rises("scale", self.scale)
        for shear in self._shears():
            rises("shear", shear)

    def infer(self, x: Shape) -> Shape:
        fits_channels("fill", self.fill, super().infer(x))
        return x

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        """The matrices of the changes."""
        import torch

        from netspec.modules import warps

        def several(ranges: tuple[Range, Range]) -> Tensor:
            return torch.stack([uniform(count, between, generator) for between in ranges], 1)

        angle = uniform(count, turns(self.degrees), generator)
        shift = several(self._shifts(x)).round()
        scale = uniform(count, self.scale or (1, 1), generator)
        return warps.affine_matrices(angle, shift, scale, several(self._shears()), from_middle(self.center, x))

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        from netspec.modules import warps

        return warps.affine(inputs, drawn, self.interpolation, self.fill)

    def _shears(self) -> tuple[Range, Range]:
        """From where to where along x and along y."""
        if self.shear is None:
            return (0, 0), (0, 0)
        if isinstance(self.shear, tuple) and len(self.shear) == 4:
            return self.shear[:2], self.shear[2:]
        return turns(self.shear), (0, 0)

    def python(self, x: Shape) -> Python:
        draws = (
            f"uniform(count, {literal(turns(self.degrees))}, rng)",
            f"torch.stack([uniform(count, between, rng) for between in {literal(self._shifts(x))}], 1).round()",
            f"uniform(count, {literal(self.scale or (1, 1))}, rng)",
            f"torch.stack([uniform(count, between, rng) for between in {literal(self._shears())}], 1)",
            literal(from_middle(self.center, x)),
        )
        copied = (UNIFORM, "netspec.modules.warps.affine_matrices", "netspec.modules.warps.affine")
        text = f"affine(x, drawn, {literal(self.interpolation)}, {literal(self.fill)})"
        return Python(text, copied, f"affine_matrices({', '.join(draws)})")

    def _shifts(self, x: Shape) -> tuple[Range, Range]:
        """From where to where along x and along y, in pixels."""
        far = [share * side for share, side in zip(self.translate or (0, 0), reversed(x.spatial), strict=True)]
        return (-far[0], far[0]), (-far[1], far[1])
