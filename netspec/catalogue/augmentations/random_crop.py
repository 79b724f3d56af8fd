"""Cut a random part out of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations import Augmentation
from netspec.catalogue.entry import Example
from netspec.catalogue.values import NonNegativeInt, Sizes
from netspec.shapes import Misfit, Shape, per_dimension

if TYPE_CHECKING:
    from torch import Generator, Tensor


class RandomCrop(Augmentation):
    """Cut a part of the given size out of an image at a random place, as torchvision's RandomCrop does.

    The image is first padded at each border; the border is 0 before `transform` is applied to it.
    """

    form: ClassVar = "image"
    positional: ClassVar = ("size",)
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomCrop",)
    examples: ClassVar = (
        Example("random_crop(32, padding=4)", into=(3, 32, 32), out=(3, 32, 32)),
        Example("random_crop([24, 20])", into=(1, 28, 28), out=(1, 24, 20)),
    )

    size: Annotated[Sizes, Field(description="height and width of the part")]
    padding: Annotated[NonNegativeInt, Field(description="what is added at each border before")] = 0

    def _size(self) -> tuple[int, int]:
        height, width = per_dimension(self.size, 2, "size")
        return height, width

    def infer(self, x: Shape) -> Shape:
        if x.rank != 3:
            raise Misfit(f"`random_crop` is for images, [channels, height, width], not for {x}")
        for part, whole in zip(self._size(), x.spatial, strict=True):
            if part > whole + 2 * self.padding:
                raise Misfit(
                    f"a part of {part} can't be cut out of {whole}"
                    + (f" + 2 * {self.padding}" if self.padding else ""),
                    argument="size",
                    help=f"a size of at most {whole + 2 * self.padding}, or `padding={-(-(part - whole) // 2)}`",
                )
        return Shape((x.channels, *self._size()))

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        import torch

        places = [whole + 2 * self.padding - part + 1 for part, whole in zip(self._size(), x.spatial, strict=True)]
        return torch.stack([torch.randint(number, (count,), generator=generator) for number in places], dim=1)

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        import torch
        from torch.nn import functional

        height, width = self._size()
        padded = functional.pad(inputs, (self.padding,) * 4)
        batch = torch.arange(len(inputs), device=inputs.device).view(-1, 1, 1)
        rows = (drawn[:, :1] + torch.arange(height, device=inputs.device)).view(-1, height, 1)
        columns = (drawn[:, 1:] + torch.arange(width, device=inputs.device)).view(-1, 1, width)
        return padded.movedim(1, -1)[batch, rows, columns].movedim(-1, 1)
