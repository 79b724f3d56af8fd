"""Augmentations of images, and the random numbers that they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.augmentations import Augmentation
from netspec.catalogue.fields.image import Image
from netspec.catalogue.images import Probability, Range, image
from netspec.catalogue.python import Python
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


class ImageAugmentation(Augmentation):
    """An augmentation of images."""

    field: ClassVar = Image
    colours: ClassVar[bool] = False
    """Whether it is for grey and coloured images alone."""

    def infer(self, x: Shape) -> Shape:
        return image(self, x, self.colours)


class Sometimes(ImageAugmentation):
    """A change without chance of its own, which an image goes through with probability p."""

    p: Probability = 0.5

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        import torch

        return torch.rand(count, generator=generator) < self.p

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        return self.changed(inputs).where(drawn.view(-1, 1, 1, 1), inputs)

    def changed(self, images: Tensor) -> Tensor:
        """All of the images changed."""
        raise NotImplementedError

    def python_changed(self) -> Python | None:
        """`changed` as an expression of `x`; None if a script has no code for it."""
        return None

    def python(self, x: Shape) -> Python | None:
        changed = self.python_changed()
        if changed is None:
            return None
        drawn = f"torch.rand(count, generator=rng) < {self.p!r}"
        return Python(f"{changed.text}.where(drawn.view(-1, 1, 1, 1), x)", changed.copied, drawn)


UNIFORM = f"{__name__}.uniform"
"""The function that scripts have a copy of."""


def uniform(count: int, between: Range, generator: Generator) -> Tensor:
    """Numbers in 64 bits, all of a range as likely."""
    import torch

    low, high = between
    return low + (high - low) * torch.rand(count, dtype=torch.float64, generator=generator)


def seeds(count: int, generator: Generator) -> Tensor:
    """A number for each sample that all random numbers of its pixels follow from."""
    import torch

    return torch.randint(2**62, (count,), generator=generator)
