"""Flip images left to right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations import Augmentation
from netspec.catalogue.entry import Example
from netspec.shapes import Misfit, Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


class RandomHorizontalFlip(Augmentation):
    """Flip an image left to right with probability p, as torchvision's RandomHorizontalFlip does."""

    form: ClassVar = "image"
    mirrors: ClassVar = True
    positional: ClassVar = ("p",)
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomHorizontalFlip",)
    examples: ClassVar = (Example("random_horizontal_flip", into=(3, 32, 32), out=(3, 32, 32)),)

    p: Annotated[float, Field(ge=0, le=1, description="probability that an image is flipped")] = 0.5

    def infer(self, x: Shape) -> Shape:
        if x.rank != 3:
            raise Misfit(f"`random_horizontal_flip` is for images, [channels, height, width], not for {x}")
        return x

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        import torch

        return torch.rand(count, generator=generator) < self.p

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        return inputs.flip(-1).where(drawn.view(-1, 1, 1, 1), inputs)
