"""A largest length of the weights of each unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.constraints import Constraint
from netspec.catalogue.entry import Example

if TYPE_CHECKING:
    from torch import Tensor


class MaxNorm(Constraint):
    """Scale the weights that lead into a unit down so that their Euclidean norm is at most `max_norm`: torch.renorm.

    A unit is a place of the tensor's first dimension: a neuron of `linear`, a channel of `conv`.
    """

    positional: ClassVar = ("max_norm",)
    examples: ClassVar = (Example("max_norm(3)"), Example('max_norm(2, on=":conv:weight")'))
    torch_names: ClassVar = ("torch.renorm",)

    max_norm: Annotated[float, Field(gt=0, description="the largest norm of the weights of a unit")]

    def hold(self, weight: Tensor) -> Tensor:
        return weight.renorm(2, 0, self.max_norm) if weight.dim() > 1 else weight.clamp(-self.max_norm, self.max_norm)
