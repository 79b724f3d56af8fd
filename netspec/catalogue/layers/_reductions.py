"""Operations that make one number of all that lies along some dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value, places
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._dims import Dims, dim_indices
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class Reduction(Layer):
    """A reduction by the function of torch that `function` names."""

    function: ClassVar[str]

    dim: Annotated[int | Dims, Field(description="the dimension, or a list of them, that it runs over")]
    keepdim: Annotated[bool, Field(description="keep the dimensions, with size 1")] = False

    def infer(self, x: Shape) -> Shape:
        gone = dim_indices(self._dims, x)
        sizes = ((1 if index in gone else size, index in gone) for index, size in enumerate(x.dims))
        return x.with_dims(*(size for size, is_gone in sizes if self.keepdim or not is_gone))

    def channels(self, ties: Ties, x: Value) -> Channels:
        gone = dim_indices(self._dims, x.shape)
        for index in gone:
            ties.fix(x.axes[index], "{place} computes one number of all of them")
        axes = (places(1)[0] if index in gone else axis for index, axis in enumerate(x.axes))
        return Channels((tuple(axis for index, axis in enumerate(axes) if self.keepdim or index not in gone),))

    def build(self, x: Shape) -> nn.Module:
        import torch

        from netspec.modules.shaping import Function

        return Function(getattr(torch, self.function), dim=self._dims, keepdim=self.keepdim)

    @property
    def _dims(self) -> tuple[int, ...]:
        return (self.dim,) if isinstance(self.dim, int) else self.dim
