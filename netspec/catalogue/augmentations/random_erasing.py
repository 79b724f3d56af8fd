"""Erase random parts of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.augmentations._images import ImageAugmentation, seeds
from netspec.catalogue.entry import Example
from netspec.catalogue.images import PositiveRange, Probability, Shares, fits_channels, rises
from netspec.catalogue.values import Numbers
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


class RandomErasing(ImageAugmentation):
    """Fill a part of random area and shape with a colour or with noise, with probability p (Zhong and others, 2017)."""

    positional: ClassVar = ("p",)
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomErasing",)
    aliases: ClassVar = ("erasing",)
    unlike_torch: ClassVar = {"inplace": "memory is netspec's concern"}
    examples: ClassVar = (
        Example("random_erasing(0.25)", into=(3, 32, 32), out=(3, 32, 32)),
        Example("random_erasing(value=random)", into=(3, 32, 32), out=(3, 32, 32)),
    )

    p: Probability = 0.5
    scale: Annotated[Shares, Field(description="area of the part, from where to where, as a share of the image's")] = (
        0.02,
        0.33,
    )
    ratio: Annotated[PositiveRange, Field(description="height of the part by its width, from where to where")] = (
        0.3,
        3.3,
    )
    value: Annotated[
        float | Numbers | Literal["random"],
        Field(description="what the part is filled with: a number, one for each channel, or normal random numbers"),
    ] = 0.0

    def check(self) -> None:
        rises("scale", self.scale)
        rises("ratio", self.ratio)

    def infer(self, x: Shape) -> Shape:
        if not isinstance(self.value, str):
            fits_channels("value", self.value, super().infer(x))
        return super().infer(x)

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        """Top, left, height, width and a seed for the noise; height and width are 0 where nothing is erased."""
        import torch

        from netspec.catalogue.augmentations._boxes import random_boxes

        height, width = x.spatial
        # torchvision counts the ratio the other way round here, and takes no part that is as long as a side
        boxes, found = random_boxes(
            count, (height, width), self.scale, (1 / self.ratio[1], 1 / self.ratio[0]), generator, whole=False
        )
        erased = found & (torch.rand(count, generator=generator) < self.p)
        return torch.cat((boxes * erased.view(-1, 1), seeds(count, generator).view(-1, 1)), 1)

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        from netspec.modules import noise, warps

        if isinstance(self.value, str):
            value = noise.normal(drawn[:, 4], *inputs.shape[1:])
        else:
            value = warps.filled(self.value, inputs)
        return value.where(warps.inside(drawn[:, :4], *inputs.shape[2:]), inputs)
