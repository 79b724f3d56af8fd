"""Values along a new dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value, places
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Inputs, Layer
from netspec.catalogue.layers._dims import dim_index
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class Stack(Layer):
    """Put values of one shape side by side along a new dimension: torch.stack."""

    inputs: ClassVar = Inputs(("first", "second"), more=True)
    dtypes: ClassVar = ("float32", "int64")
    torch_names: ClassVar = ("torch.stack",)
    examples: ClassVar = (
        Example("stack", into=((7, 7), (7, 7)), out=(2, 7, 7)),
        Example("stack(dim=-1)", into=((5, 8), (5, 8)), out=(5, 8, 2)),
    )

    dim: Annotated[int, Field(description="where the new dimension stands")] = 1

    def infer(self, *x: Shape) -> Shape:
        for shape in x:
            if shape != x[0]:
                raise MisfitError(f"`stack` needs values of one shape: {x[0]} and {shape}")
        index = dim_index(self.dim, x[0], more=1)
        sizes = x[0].dims
        return x[0].with_dims(*sizes[:index], len(x), *sizes[index:])

    def channels(self, ties: Ties, *x: Value) -> Channels:
        for value in x[1:]:
            for one, other in zip(x[0].axes, value.axes, strict=True):
                ties.tie(one, other)
        index = dim_index(self.dim, x[0].shape, more=1)
        return Channels(((*x[0].axes[:index], *places(len(x)), *x[0].axes[index:]),))

    def build(self, *x: Shape) -> nn.Module:
        from netspec.modules.shaping import Stack

        return Stack(self.dim)
