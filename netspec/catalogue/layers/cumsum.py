"""Sums so far."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers._dims import dim_index
from netspec.catalogue.layers._elementwise import Pointwise
from netspec.shapes import Shape


class Cumsum(Pointwise):
    """Along a dimension the sum of each number and all before it: torch.cumsum."""

    function: ClassVar = "cumsum"
    positional: ClassVar = ("dim",)
    torch_names: ClassVar = ("torch.cumsum",)
    examples: ClassVar = (Example("cumsum(1)", into=(20, 64), out=(20, 64)),)

    dim: Annotated[int, Field(description="the dimension along which it sums")]

    def infer(self, x: Shape) -> Shape:
        dim_index(self.dim, x)
        return x

    def channels(self, ties: Ties, x: Value) -> Channels:
        ties.fix(x.axes[dim_index(self.dim, x.shape)], "{place} sums along it")
        return Channels((x.axes,))
