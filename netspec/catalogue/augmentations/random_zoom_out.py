"""Make images smaller by chance, with something around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations._images import ImageAugmentation, uniform
from netspec.catalogue.entry import Example
from netspec.catalogue.images import Fill, Probability, fits_channels, rises
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


class RandomZoomOut(ImageAugmentation):
    """Put an image, with probability p, at a random place of a larger one, and bring that to the size of the image.

    torchvision leaves the larger image its size; here all images of a batch have one.
    """

    moves_pixels: ClassVar = True
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomZoomOut",)
    examples: ClassVar = (Example("random_zoom_out(side_range=[1, 2])", into=(3, 32, 32), out=(3, 32, 32)),)

    fill: Fill = 0.0
    side_range: Annotated[
        tuple[Annotated[float, Field(ge=1)], Annotated[float, Field(ge=1)]],
        Field(description="how many times as long the sides of the larger image are, from where to where"),
    ] = (1.0, 4.0)
    p: Probability = 0.5

    def check(self) -> None:
        rises("side_range", self.side_range)

    def infer(self, x: Shape) -> Shape:
        fits_channels("fill", self.fill, super().infer(x))
        return x

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        """Top, left, height and width of the larger images, as places of the image."""
        import torch

        sides = torch.tensor(x.spatial)
        larger = (uniform(count, self.side_range, generator).view(-1, 1) * sides).long()
        corners = ((larger - sides) * torch.rand(count, 2, generator=generator)).long()
        zoomed = (torch.rand(count, generator=generator) < self.p).view(-1, 1)
        return torch.cat((-corners * zoomed, larger.where(zoomed, sides)), 1)

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        from netspec.modules import warps

        height, width = inputs.shape[2:]
        largest = (int(height * self.side_range[1]), int(width * self.side_range[1]))
        return warps.resized(inputs, drawn, (height, width), "bilinear", largest, self.fill)
