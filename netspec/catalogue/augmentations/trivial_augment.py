"""Change images by one random operation of a random strength."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations._automatic import Automatic
from netspec.catalogue.entry import Example
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


class TrivialAugment(Automatic):
    """Put an image through one random operation of a random strength (Müller and Hutter, 2021).

    torchvision calls it TrivialAugmentWide: it turns and shears far.
    """

    positional: ClassVar = ("num_magnitude_bins",)
    torch_names: ClassVar = ("torchvision.transforms.v2.TrivialAugmentWide",)
    examples: ClassVar = (Example("trivial_augment", into=(3, 32, 32), out=(3, 32, 32)),)

    num_magnitude_bins: Annotated[int, Field(ge=2, le=2**31 - 1, description="how many strengths there are")] = 31

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        import torch

        from netspec.modules import operations

        chosen = torch.randint(len(operations.ALL), (count, 1), generator=generator)
        strengths = torch.randint(self.num_magnitude_bins, (count, 1), generator=generator)
        return operations.steps(
            operations.WIDE, operations.ALL, chosen, strengths, self.num_magnitude_bins, x.spatial, generator
        )
