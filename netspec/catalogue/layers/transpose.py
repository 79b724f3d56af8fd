"""Two dimensions swapped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._dims import dim_index
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class Transpose(Layer):
    """Swap two dimensions: torch.transpose. `transpose(1, 2)` makes [sequence, features] of [channels, length]."""

    positional: ClassVar = ("dim0", "dim1")
    keeps_numbers: ClassVar = True
    dtypes: ClassVar = ("float32", "int64")
    torch_names: ClassVar = ("torch.transpose",)
    examples: ClassVar = (Example("transpose(1, 2)", into=(768, 196), out=(196, 768)),)

    dim0: Annotated[int, Field(description="one of the two")]
    dim1: Annotated[int, Field(description="the other")]

    def infer(self, x: Shape) -> Shape:
        one, other = dim_index(self.dim0, x, "dim0"), dim_index(self.dim1, x, "dim1")
        sizes = list(x.dims)
        sizes[one], sizes[other] = sizes[other], sizes[one]
        return x.with_dims(*sizes)

    def channels(self, ties: Ties, x: Value) -> Channels:
        one, other = dim_index(self.dim0, x.shape, "dim0"), dim_index(self.dim1, x.shape, "dim1")
        axes = list(x.axes)
        axes[one], axes[other] = axes[other], axes[one]
        return Channels((tuple(axes),))

    def build(self, x: Shape) -> nn.Module:
        from torch import transpose

        from netspec.modules.shaping import Function

        return Function(transpose, dim0=self.dim0, dim1=self.dim1)
