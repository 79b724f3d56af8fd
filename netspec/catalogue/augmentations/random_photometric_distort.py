"""Change the colours of images as detectors are trained with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations._images import ImageAugmentation, uniform
from netspec.catalogue.entry import Example
from netspec.catalogue.images import Range, rises
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor

Factors = tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]]
Turn = Annotated[float, Field(ge=-0.5, le=0.5)]


class RandomPhotometricDistort(ImageAugmentation):
    """Change brightness, contrast, saturation, hue and the order of the channels, each with probability p.

    Contrast comes before saturation and hue or after them, both as likely (Liu and others, 2015).
    """

    colours: ClassVar = True
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomPhotometricDistort",)
    examples: ClassVar = (Example("random_photometric_distort", into=(3, 32, 32), out=(3, 32, 32)),)

    brightness: Annotated[Factors, Field(description="from where to where the factor is")] = (0.875, 1.125)
    contrast: Annotated[Factors, Field(description="the same for the contrast")] = (0.5, 1.5)
    saturation: Annotated[Factors, Field(description="the same for the saturation")] = (0.5, 1.5)
    hue: Annotated[tuple[Turn, Turn], Field(description="how far the colours are turned around their circle")] = (
        -0.05,
        0.05,
    )
    p: Annotated[float, Field(ge=0, le=1, description="probability of each change")] = 0.5

    def check(self) -> None:
        for name in ("brightness", "contrast", "saturation", "hue"):
            rises(name, getattr(self, name))

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        """Five changes with their factors, contrast twice of which one is none, and the channels in their order."""
        import torch

        from netspec.modules.operations import NONE

        def changed() -> Tensor:
            return torch.rand(count, generator=generator) < self.p

        def step(place: int, factor: Tensor, chosen: Tensor) -> Tensor:
            return torch.stack((torch.full_like(factor, place).where(chosen, NONE), factor), 1)

        ranges: tuple[Range, ...] = (self.brightness, self.contrast, self.saturation, self.hue)
        factors = [uniform(count, between, generator) for between in ranges]
        bright, contrasted, saturated, turned = (changed() for _ in ranges)
        early = torch.rand(count, generator=generator) < 0.5
        steps = [
            step(0, factors[0], bright),
            step(1, factors[1], contrasted & early),
            step(2, factors[2], saturated),
            step(3, factors[3], turned),
            step(1, factors[1], contrasted & ~early),
        ]
        order = torch.rand(count, x.channels, generator=generator).argsort(1)
        order = order.where(changed().view(-1, 1), torch.arange(x.channels))
        return torch.cat((*steps, order), 1).float()

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        from netspec.modules import colours, operations

        changed = operations.chained(inputs, drawn[:, :10].view(-1, 5, 2), operations.JITTERS)
        return colours.permute_channels(changed, drawn[:, 10:].long())
