"""Two samples one over the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.batch_mixes import Mix
from netspec.catalogue.entry import Example
from netspec.catalogue.types import DataType
from netspec.shapes import MisfitError

if TYPE_CHECKING:
    from numpy.random import Generator
    from torch import Tensor


class Mixup(Mix):
    """The weighted mean of two samples, with a share from a Beta distribution (Zhang and others, 2018)."""

    positional: ClassVar = ("alpha",)
    examples: ClassVar = (Example("mixup(0.2)"),)
    torch_names: ClassVar = ("torchvision.transforms.v2.MixUp",)

    alpha: Annotated[
        float, Field(gt=0, description="both parameters of the Beta distribution: below 1 one sample mostly prevails")
    ] = 1.0

    def fits(self, type: DataType) -> None:
        if any(field.type.indices is not None for field in type.fields):
            raise MisfitError("`mixup` takes the mean of two inputs, and words have none")

    def apply(self, first: Tensor, second: Tensor, rng: Generator) -> tuple[Tensor, float]:
        share = float(rng.beta(self.alpha, self.alpha))
        return second.lerp(first, share), share
