"""Division by the root mean square."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError, Shape
from netspec.wording import counted

if TYPE_CHECKING:
    from torch import nn


class RMSNorm(Layer):
    """Divide each vector by its root mean square, then scale: torch.nn.RMSNorm.

    It runs over the last dimension; `dims` says over how many of the last ones.

    Zhang and Sennrich, Root Mean Square Layer Normalization, NeurIPS 2019.
    """

    inferred: ClassVar = "normalized_shape"
    torch_names: ClassVar = ("torch.nn.RMSNorm",)
    aliases: ClassVar = ("rms_normalization",)
    examples: ClassVar = (
        Example("rms_norm", into=(16, 64), out=(16, 64)),
        Example("rms_norm(dims=3)", into=(16, 8, 8), out=(16, 8, 8)),
    )

    dims: Annotated[PositiveInt, Field(description="over how many of the last dimensions")] = 1
    eps: Annotated[
        float | None, Field(gt=0, description="added to the mean square; none means the least that makes a difference")
    ] = None
    elementwise_affine: Annotated[bool, Field(description="learn a scale for each number")] = True

    def infer(self, x: Shape) -> Shape:
        if self.dims > x.rank:
            raise MisfitError(f"{x} has {counted(x.rank, 'dimension')}, not {self.dims}", argument="dims")
        return x

    def channels(self, ties: Ties, x: Value) -> Channels:
        last = x.axes[-self.dims :]
        for axis in last:
            ties.fix(axis, "{place} normalizes over all of them")
        return Channels((x.axes,), {"weight": last})

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.RMSNorm(list(x.dims[-self.dims :]), self.eps, self.elementwise_affine)

    def parameters(self, x: Shape) -> dict[str, tuple[int, ...]]:
        return {"weight": x.dims[-self.dims :]} if self.elementwise_affine else {}
