"""Turn images."""

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
    Range,
    fits_channels,
    from_middle,
    rises,
    turns,
)
from netspec.catalogue.python import Python, literal
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


class RandomRotation(ImageAugmentation):
    """Turn an image around its middle by a random angle."""

    moves_pixels: ClassVar = True
    positional: ClassVar = ("degrees",)
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomRotation",)
    unlike_torch: ClassVar = {"expand": "images of one batch have one size"}
    examples: ClassVar = (
        Example("random_rotation(15)", into=(3, 32, 32), out=(3, 32, 32)),
        Example("random_rotation([-5, 10], interpolation=bilinear)", into=(3, 32, 32), out=(3, 32, 32)),
    )

    degrees: Annotated[Degrees, Field(description="the largest angle in both directions, or from where to where")]
    interpolation: Interpolation = "nearest"
    center: Annotated[
        Range | None, Field(description="around what it is turned: x and y in pixels; by default the middle")
    ] = None
    fill: Fill = 0.0

    @property
    def mirrors(self) -> bool:
        return max(map(abs, turns(self.degrees))) > UPRIGHT

    def check(self) -> None:
        rises("degrees", turns(self.degrees))

    def infer(self, x: Shape) -> Shape:
        fits_channels("fill", self.fill, super().infer(x))
        return x

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        """The matrices of the turns."""
        import torch

        from netspec.modules import warps

        none = torch.zeros(count, 2)
        # to the left, as in mathematics; the matrices turn to the right
        angles = -uniform(count, turns(self.degrees), generator)
        return warps.affine_matrices(angles, none, torch.ones(count), none, from_middle(self.center, x))

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        from netspec.modules import warps

        return warps.affine(inputs, drawn, self.interpolation, self.fill)

    def python(self, x: Shape) -> Python:
        angles = f"-uniform(count, {literal(turns(self.degrees))}, rng)"
        none, center = "torch.zeros(count, 2)", literal(from_middle(self.center, x))
        drawn = f"affine_matrices({angles}, {none}, torch.ones(count), {none}, {center})"
        copied = (UNIFORM, "netspec.modules.warps.affine_matrices", "netspec.modules.warps.affine")
        return Python(f"affine(x, drawn, {literal(self.interpolation)}, {literal(self.fill)})", copied, drawn)
