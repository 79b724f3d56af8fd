"""Distances between vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Inputs, Layer
from netspec.catalogue.layers._arithmetic import broadcast
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class PairwiseDistance(Layer):
    """The distance between two vectors, which lie along the last dimension: torch.nn.PairwiseDistance.

    Sizes of 1 stand for any size.
    """

    inputs: ClassVar = Inputs(("x1", "x2"))
    takes_unbatched: ClassVar = True
    torch_names: ClassVar = ("torch.nn.PairwiseDistance",)
    examples: ClassVar = (
        Example("pairwise_distance", into=((10, 64), (10, 64)), out=(10,)),
        Example("pairwise_distance(p=1, keepdim=true)", into=((64,), (64,)), out=(1,)),
    )

    p: Annotated[float, Field(gt=0, description="the norm of the difference: 1 the sum, 2 the Euclidean length")] = 2.0
    eps: Annotated[float, Field(ge=0, description="added to each number of the difference")] = 1e-6
    keepdim: Annotated[bool, Field(description="keep the dimension, with size 1")] = False

    def infer(self, x: Shape, y: Shape) -> Shape:
        if not (x.batched or y.batched):
            raise MisfitError("`pairwise_distance` takes a value of samples beside a learned tensor")
        found = broadcast(self.name(), x, y)
        if not found.rank:
            raise MisfitError(f"`pairwise_distance` takes vectors, not {x}, one number for each sample")
        return found.with_dims(*found.dims[:-1], *((1,) if self.keepdim else ()))

    def build(self, x: Shape, y: Shape) -> nn.Module:
        from torch import nn

        return nn.PairwiseDistance(self.p, self.eps, self.keepdim)
