"""Gated linear unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._dims import dim_index
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class GLU(Layer):
    """The first half along a dimension times the sigmoid of the second half: torch.nn.GLU.

    Dauphin et al., Language Modeling with Gated Convolutional Networks, ICML 2017.
    """

    torch_names: ClassVar = ("torch.nn.GLU",)
    examples: ClassVar = (Example("glu", into=(128,), out=(64,)), Example("glu(dim=1)", into=(16, 8, 8), out=(8, 8, 8)))

    dim: Annotated[int, Field(description="the dimension that is halved")] = -1

    def infer(self, x: Shape) -> Shape:
        halved = dim_index(self.dim, x)
        if x.dims[halved] % 2:
            raise MisfitError(f"`glu` halves {x.dims[halved]}, which is odd", argument="dim")
        return x.with_dims(*(size // 2 if index == halved else size for index, size in enumerate(x.dims)))

    def channels(self, ties: Ties, x: Value) -> Channels:
        halved = dim_index(self.dim, x.shape)
        half = ties.match(x.axes[halved], 2)
        return Channels(((*x.axes[:halved], half, *x.axes[halved + 1 :]),))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.GLU(self.dim)
