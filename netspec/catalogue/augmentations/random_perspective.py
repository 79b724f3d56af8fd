"""See images from the side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations._images import ImageAugmentation
from netspec.catalogue.entry import Example
from netspec.catalogue.images import Fill, Interpolation, Probability, fits_channels
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


class RandomPerspective(ImageAugmentation):
    """Draw the corners of an image inwards, with probability p, as if it were seen from the side."""

    moves_pixels: ClassVar = True
    positional: ClassVar = ("distortion_scale", "p")
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomPerspective",)
    examples: ClassVar = (Example("random_perspective(0.3)", into=(3, 32, 32), out=(3, 32, 32)),)

    distortion_scale: Annotated[
        float, Field(ge=0, le=1, description="how far the corners may go, as a share of the way to the middle")
    ] = 0.5
    p: Probability = 0.5
    interpolation: Interpolation = "bilinear"
    fill: Fill = 0.0

    def infer(self, x: Shape) -> Shape:
        fits_channels("fill", self.fill, super().infer(x))
        return x

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        """The eight numbers of each perspective, and 1 where the image is changed, else 0."""
        import torch

        from netspec.modules import warps

        height, width = x.spatial
        corners = torch.empty(count, 4, 2, dtype=torch.int64)
        for index, (x_end, y_end) in enumerate(((0, 0), (1, 0), (1, 1), (0, 1))):
            for axis, (end, side) in enumerate(((x_end, width), (y_end, height))):
                way = torch.randint(int(self.distortion_scale * (side // 2)) + 1, (count,), generator=generator)
                corners[:, index, axis] = side - 1 - way if end else way
        changed = torch.rand(count, 1, generator=generator) < self.p
        return torch.cat((warps.perspective_coefficients(corners, height, width), changed.float()), 1)

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        from netspec.modules import warps

        changed = warps.perspective(inputs, drawn[:, :8], self.interpolation, self.fill)
        return changed.where(drawn[:, 8].view(-1, 1, 1, 1) > 0, inputs)
