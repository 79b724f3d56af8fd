"""Cosine of the angle between vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Inputs, Layer
from netspec.catalogue.layers._arithmetic import broadcast
from netspec.catalogue.layers._dims import dim_index
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class CosineSimilarity(Layer):
    """The cosine of the angle between two vectors, which lie along a dimension: torch.nn.CosineSimilarity.

    Sizes of 1 stand for any size. The dimension of the vectors is gone.
    """

    inputs: ClassVar = Inputs(("x1", "x2"))
    takes_unbatched: ClassVar = True
    torch_names: ClassVar = ("torch.nn.CosineSimilarity",)
    examples: ClassVar = (
        Example("cosine_similarity", into=((64, 7, 7), (64, 7, 7)), out=(7, 7)),
        Example("cosine_similarity(dim=2)", into=((1, 64), (10, 64)), out=(10,)),
    )

    dim: Annotated[int, Field(description="the dimension along which the vectors lie")] = 1
    eps: Annotated[float, Field(gt=0, description="the least length, so that nothing is divided by 0")] = 1e-8

    def infer(self, x: Shape, y: Shape) -> Shape:
        if not (x.batched or y.batched):
            raise MisfitError("`cosine_similarity` takes a value of samples beside a learned tensor")
        found = broadcast(self.name(), x, y)
        gone = dim_index(self.dim, found)
        return found.with_dims(*found.dims[:gone], *found.dims[gone + 1 :])

    def build(self, x: Shape, y: Shape) -> nn.Module:
        from torch import nn

        return nn.CosineSimilarity(self.dim, self.eps)
