"""Places moved round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._dims import Dims, dim_index
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class Roll(Layer):
    """Move what lies along dimensions by some places; what leaves at an end comes in at the other one: torch.roll."""

    positional: ClassVar = ("shifts", "dims")
    dtypes: ClassVar = ("float32", "int64")
    torch_names: ClassVar = ("torch.roll",)
    examples: ClassVar = (
        Example("roll(1, 2)", into=(64, 20), out=(64, 20)),
        Example("roll([-3, -3], [2, 3])", into=(96, 56, 56), out=(96, 56, 56)),
    )

    shifts: Annotated[int | tuple[int, ...], Field(description="how many places forward; a list for several dims")]
    dims: Annotated[int | Dims, Field(description="the dimensions along which it moves")]

    def infer(self, x: Shape) -> Shape:
        shifts, dims = _listed(self.shifts), _listed(self.dims)
        if len(shifts) != len(dims):
            raise MisfitError(
                f"`roll` takes as many shifts as dims, not {len(shifts)} and {len(dims)}", argument="shifts"
            )
        for dim in dims:
            dim_index(dim, x, "dims")
        return x

    def channels(self, ties: Ties, x: Value) -> Channels:
        for dim in _listed(self.dims):
            ties.fix(x.axes[dim_index(dim, x.shape)], "{place} moves them by a number of positions")
        return Channels((x.axes,))

    def build(self, x: Shape) -> nn.Module:
        import torch

        from netspec.modules.shaping import Function

        return Function(torch.roll, shifts=self.shifts, dims=self.dims)


def _listed(value: int | tuple[int, ...]) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else value
