"""Change images by a few random operations of one strength."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations._automatic import Automatic
from netspec.catalogue.entry import Example
from netspec.catalogue.values import NonNegativeInt, PositiveInt
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


class RandAugment(Automatic):
    """Put an image through some random operations, all of the same strength (Cubuk and others, 2020)."""

    torch_names: ClassVar = ("torchvision.transforms.v2.RandAugment",)
    examples: ClassVar = (
        Example("rand_augment", into=(3, 32, 32), out=(3, 32, 32)),
        Example("rand_augment(num_ops=1, magnitude=5)", into=(3, 32, 32), out=(3, 32, 32)),
    )

    num_ops: Annotated[PositiveInt, Field(description="how many operations one after another")] = 2
    magnitude: Annotated[NonNegativeInt, Field(description="their strength, from 0 to below `num_magnitude_bins`")] = 9
    num_magnitude_bins: Annotated[int, Field(ge=2, le=2**31 - 1, description="how many strengths there are")] = 31

    def check(self) -> None:
        if self.magnitude >= self.num_magnitude_bins:
            raise MisfitError(
                f"the strengths go from 0 to {self.num_magnitude_bins - 1}, and `magnitude` is {self.magnitude}",
                argument="magnitude",
            )

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        import torch

        from netspec.modules import operations

        chosen = torch.randint(len(operations.ALL), (count, self.num_ops), generator=generator)
        strengths = torch.full_like(chosen, self.magnitude)
        return operations.steps(
            operations.STANDARD, operations.ALL, chosen, strengths, self.num_magnitude_bins, x.spatial, generator
        )
