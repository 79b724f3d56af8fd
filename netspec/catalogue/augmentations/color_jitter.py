"""Change the colours of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations._images import ImageAugmentation, uniform
from netspec.catalogue.entry import Example
from netspec.catalogue.images import Range, rises
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor

Factor = Annotated[float, Field(ge=0)]
Strength = Factor | tuple[Factor, Factor]
Turn = Annotated[float, Field(ge=-0.5, le=0.5)]


class ColorJitter(ImageAugmentation):
    """Change brightness, contrast, saturation and hue of an image, each by a random factor, in a random order."""

    colours: ClassVar = True
    torch_names: ClassVar = ("torchvision.transforms.v2.ColorJitter",)
    examples: ClassVar = (
        Example(
            "color_jitter(brightness=0.4, contrast=0.4, saturation=0.2, hue=0.1)", into=(3, 32, 32), out=(3, 32, 32)
        ),
        Example("color_jitter(contrast=[0.5, 2])", into=(1, 28, 28), out=(1, 28, 28)),
    )

    brightness: Annotated[
        Strength | None, Field(description="how far the factor may be from 1, or from where to where it is; 0 is black")
    ] = None
    contrast: Annotated[Strength | None, Field(description="the same for the contrast; 0 is the mean all over")] = None
    saturation: Annotated[Strength | None, Field(description="the same for the saturation; 0 is grey")] = None
    hue: Annotated[
        Annotated[float, Field(ge=0, le=0.5)] | tuple[Turn, Turn] | None,
        Field(description="how far the colours may be turned around their circle, a whole turn being 1"),
    ] = None

    def check(self) -> None:
        if not any(self._ranges()):
            raise MisfitError("`color_jitter` changes nothing", help="color_jitter(brightness=0.2)")
        for name, between in zip(type(self).model_fields, self._ranges(), strict=True):
            rises(name, between)

    def _ranges(self) -> tuple[Range | None, ...]:
        """From where to where each factor is, if there is one."""
        strengths = (self.brightness, self.contrast, self.saturation)
        return *(_around(1, strength) for strength in strengths), _around(0, self.hue)

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        """Which change comes first, next and so on, each with its factor."""
        import torch

        known = [(index, between) for index, between in enumerate(self._ranges()) if between is not None]
        order = torch.rand(count, len(known), generator=generator).argsort(1)
        factors = torch.stack([uniform(count, between, generator) for _, between in known], 1)
        indices = torch.tensor([index for index, _ in known]).expand(count, -1)
        return torch.stack((indices.gather(1, order), factors.gather(1, order)), 2).float()

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        from netspec.modules import operations

        return operations.chained(inputs, drawn, operations.JITTERS)


def _around(middle: float, strength: float | Range | None) -> Range | None:
    """What is so far from the middle, but no factor below 0."""
    if strength is None or isinstance(strength, tuple):
        return strength
    return max(middle - strength, 0) if middle else -strength, middle + strength
