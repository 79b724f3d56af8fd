"""Random rectangles in images, as torchvision draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netspec.catalogue.augmentations._images import uniform
from netspec.catalogue.images import Range

if TYPE_CHECKING:
    from torch import Generator, Tensor

ATTEMPTS = 10


def random_boxes(
    count: int, spatial: tuple[int, ...], scale: Range, ratio: Range, generator: Generator, *, whole: bool = True
) -> tuple[Tensor, Tensor]:
    """Boxes [count, 4] of top, left, height and width, and which of them are to be taken.

    `scale` is a box's share of the area, `ratio` its width by its height. Of some attempts the first is taken that fits
    into the image; one that is as long as a side fits if `whole` says so.
    """
    import torch

    height, width = spatial
    area = height * width * uniform(count * ATTEMPTS, scale, generator)
    logs = torch.tensor(ratio, dtype=torch.float64).log().tolist()
    shape = uniform(count * ATTEMPTS, (logs[0], logs[1]), generator).exp()
    wide, tall = (area * shape).sqrt().round().long(), (area / shape).sqrt().round().long()
    spare = 0 if whole else 1
    fits = (tall <= height - spare) & (wide <= width - spare) & ((tall > 0) & (wide > 0) | (not whole))
    fits, tall, wide = (numbers.view(count, ATTEMPTS) for numbers in (fits, tall, wide))
    first = fits.byte().argmax(1, keepdim=True)
    sizes = torch.cat((tall.gather(1, first), wide.gather(1, first)), 1)
    free = (torch.tensor((height, width)) - sizes).clamp(min=0) + 1
    corners = (torch.rand(count, 2, dtype=torch.float64, generator=generator) * free).long()
    return torch.cat((corners, sizes), 1), fits.any(1)


def middle_box(spatial: tuple[int, ...], ratio: Range) -> tuple[int, int, int, int]:
    """The largest box in the middle of an image with a ratio that is allowed."""
    height, width = spatial
    tall, wide = height, width
    if width / height < ratio[0]:
        tall = round(width / ratio[0])
    elif width / height > ratio[1]:
        wide = round(height * ratio[1])
    return (height - tall) // 2, (width - wide) // 2, tall, wide


def boxes_of_parts(count: int, spatial: tuple[int, ...], scale: Range, ratio: Range, generator: Generator) -> Tensor:
    """Boxes [count, 4] that all fit into the image: where none of the attempts does, the largest in the middle."""
    boxes, found = random_boxes(count, spatial, scale, ratio, generator)
    boxes[~found] = boxes.new_tensor(middle_box(spatial, ratio))
    return boxes
