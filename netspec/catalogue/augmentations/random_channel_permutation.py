"""Mix up the channels of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.augmentations._images import ImageAugmentation
from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


class RandomChannelPermutation(ImageAugmentation):
    """Put the channels of an image into any order, all as likely."""

    torch_names: ClassVar = ("torchvision.transforms.v2.RandomChannelPermutation",)
    examples: ClassVar = (Example("random_channel_permutation", into=(3, 32, 32), out=(3, 32, 32)),)

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        import torch

        return torch.rand(count, x.channels, generator=generator).argsort(1)

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        from netspec.modules import colours

        return colours.permute_channels(inputs, drawn)

    def python(self, x: Shape) -> Python:
        drawn = f"torch.rand(count, {x.channels}, generator=rng).argsort(1)"
        return Python("permute_channels(x, drawn)", ("netspec.modules.colours.permute_channels",), drawn)
