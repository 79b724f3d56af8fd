"""Normalisation of each vector."""

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


class LayerNorm(Layer):
    """Bring each sample, or each of its vectors, to mean 0 and variance 1, then scale and shift: torch.nn.LayerNorm.

    It runs over the last dimension; `dims` says over how many of the last ones.

    Ba, Kiros and Hinton, Layer Normalization, 2016.
    """

    inferred: ClassVar = "normalized_shape"
    torch_names: ClassVar = ("torch.nn.LayerNorm",)
    aliases: ClassVar = (
        "layer_normalization",
        "ln",
    )
    examples: ClassVar = (
        Example("layer_norm", into=(16, 64), out=(16, 64)),
        Example("layer_norm(dims=3)", into=(16, 8, 8), out=(16, 8, 8)),
    )

    dims: Annotated[PositiveInt, Field(description="over how many of the last dimensions")] = 1
    eps: Annotated[float, Field(gt=0, description="added to the variance, so that nothing is divided by 0")] = 1e-5
    elementwise_affine: Annotated[bool, Field(description="learn a scale for each number")] = True
    bias: Annotated[bool, Field(description="learn a shift beside the scale")] = True

    def infer(self, x: Shape) -> Shape:
        if self.dims > x.rank:
            raise MisfitError(f"{x} has {counted(x.rank, 'dimension')}, not {self.dims}", argument="dims")
        return x

    def channels(self, ties: Ties, x: Value) -> Channels:
        last = x.axes[-self.dims :]
        for axis in last:
            ties.fix(axis, "{place} normalizes over all of them")
        return Channels((x.axes,), {"weight": last, "bias": last})

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.LayerNorm(list(x.dims[-self.dims :]), self.eps, self.elementwise_affine, self.bias)

    def parameters(self, x: Shape) -> dict[str, tuple[int, ...]]:
        scale = {"weight": x.dims[-self.dims :]} if self.elementwise_affine else {}
        return scale | {"bias": x.dims[-self.dims :]} if scale and self.bias else scale
