"""Cut a random part out of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations._images import ImageAugmentation
from netspec.catalogue.entry import Example
from netspec.catalogue.images import Fill, PaddingMode, Paddings, Size, borders, fits_channels, pair
from netspec.catalogue.python import Python, literal
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


class RandomCrop(ImageAugmentation):
    """Cut a part of the given size out of an image at a random place, as torchvision's RandomCrop does.

    The border is added to the image as it comes, before `transform` is applied to it.
    """

    moves_pixels: ClassVar = True
    positional: ClassVar = ("size",)
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomCrop",)
    unlike_torch: ClassVar = {
        "padding": "no border is one of 0",
        "pad_if_needed": "all images have one size, so what is needed is known",
    }
    examples: ClassVar = (
        Example("random_crop(32, padding=4)", into=(3, 32, 32), out=(3, 32, 32)),
        Example("random_crop(32, padding=4, padding_mode=reflect)", into=(3, 32, 32), out=(3, 32, 32)),
        Example("random_crop([24, 20])", into=(1, 28, 28), out=(1, 24, 20)),
    )

    size: Annotated[Size, Field(description="height and width of the part")]
    padding: Annotated[
        Paddings,
        Field(
            description="border that is added before: its width, one for the sides and one for top and bottom, or one "
            "for each of left, top, right and bottom"
        ),
    ] = 0
    fill: Fill = 0.0
    padding_mode: PaddingMode = "constant"

    def infer(self, x: Shape) -> Shape:
        fits_channels("fill", self.fill, super().infer(x))
        left, top, right, bottom = borders(self.padding)
        for part, whole, border in zip(pair(self.size), x.spatial, (top + bottom, left + right), strict=True):
            if part > whole + border:
                raise MisfitError(
                    f"a part of {part} can't be cut out of {whole}" + (f" + {border}" if border else ""),
                    argument="size",
                    help=f"a size of at most {whole + border}, or `padding={-(-(part - whole) // 2)}`",
                )
        return x.with_dims(x.channels, *pair(self.size))

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        import torch

        left, top, right, bottom = borders(self.padding)
        height, width = pair(self.size)
        free = (x.spatial[0] + top + bottom - height, x.spatial[1] + left + right - width)
        return torch.stack([torch.randint(number + 1, (count,), generator=generator) for number in free], dim=1)

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        from netspec.modules import warps

        framed = warps.padded(inputs, borders(self.padding), self.padding_mode, self.fill)
        return warps.cut(framed, drawn, *pair(self.size))

    def python(self, x: Shape) -> Python:
        left, top, right, bottom = borders(self.padding)
        height, width = pair(self.size)
        free = (x.spatial[0] + top + bottom - height, x.spatial[1] + left + right - width)
        drawn = ", ".join(f"torch.randint({number + 1}, (count,), generator=rng)" for number in free)
        framed = f"padded(x, {literal((left, top, right, bottom))}, {literal(self.padding_mode)}, {literal(self.fill)})"
        copied = ("netspec.modules.warps.padded", "netspec.modules.warps.cut")
        return Python(f"cut({framed}, drawn, {height}, {width})", copied, f"torch.stack([{drawn}], dim=1)")
