"""A value several times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class Tile(Layer):
    """Put a value behind itself several times along its last dimensions: torch.tile.

    `tile([2, 1, 1])` doubles the channels of an image. The dimensions before those that are named stay as they are.
    """

    positional: ClassVar = ("dims",)
    dtypes: ClassVar = ("float32", "int64")
    torch_names: ClassVar = ("torch.tile",)
    aliases: ClassVar = (
        "repeat_elements",
        "expand",
        "repeat_vector",
    )
    examples: ClassVar = (
        Example("tile([2, 1, 1])", into=(3, 8, 8), out=(6, 8, 8)),
        Example("tile([4])", into=(20, 16), out=(20, 64)),
    )

    dims: Annotated[
        tuple[PositiveInt, ...], Field(min_length=1, description="how many times, for each of the last dimensions")
    ]

    def infer(self, x: Shape) -> Shape:
        if len(self.dims) > x.rank:
            raise MisfitError(f"`dims` has {len(self.dims)} numbers, and {x} has {x.rank} dimensions", argument="dims")
        times = (1,) * (x.rank - len(self.dims)) + self.dims
        return x.with_dims(*(size * count for size, count in zip(x.dims, times, strict=True)))

    def channels(self, ties: Ties, x: Value) -> Channels:
        times = (1,) * (x.shape.rank - len(self.dims)) + self.dims
        return Channels((tuple(axis * count for axis, count in zip(x.axes, times, strict=True)),))

    def build(self, x: Shape) -> nn.Module:
        import torch

        from netspec.modules.shaping import Function

        return Function(torch.tile, dims=self.dims)
