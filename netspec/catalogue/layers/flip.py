"""The other way round."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers._dims import Dims, dim_indices
from netspec.catalogue.layers._elementwise import Pointwise
from netspec.shapes import Shape


class Flip(Pointwise):
    """What lies along dimensions in the opposite order: torch.flip."""

    function: ClassVar = "flip"
    positional: ClassVar = ("dims",)
    dtypes: ClassVar = ("float32", "int64")
    torch_names: ClassVar = ("torch.flip",)
    aliases: ClassVar = ("reverse",)
    examples: ClassVar = (
        Example("flip([1])", into=(20, 64), out=(20, 64)),
        Example("flip([2, 3])", into=(3, 8, 8), out=(3, 8, 8)),
    )

    dims: Annotated[Dims, Field(description="the dimensions that are turned round")]

    def infer(self, x: Shape) -> Shape:
        dim_indices(self.dims, x, "dims")
        return x

    def channels(self, ties: Ties, x: Value) -> Channels:
        turned = dim_indices(self.dims, x.shape, "dims")
        return Channels((tuple(axis[::-1] if index in turned else axis for index, axis in enumerate(x.axes)),))
