"""Bilinear layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Count, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Inputs, Layer
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class Bilinear(Layer):
    """Each output is a learned form of every product of a number of one value and one of the other:
    torch.nn.Bilinear, over the last dimensions. The other sizes are equal.
    """

    inputs: ClassVar = Inputs(("input1", "input2"))
    inferred: ClassVar = "in1_features"
    positional: ClassVar = ("out_features",)
    torch_names: ClassVar = ("torch.nn.Bilinear",)
    unlike_torch: ClassVar = {"in2_features": "taken from the second value"}
    examples: ClassVar = (Example("bilinear(10)", into=((64,), (32,)), out=(10,)),)

    out_features: Annotated[PositiveInt, Field(description="size of the last dimension of the output")]
    bias: Annotated[bool, Field(description="add a learned bias")] = True

    def infer(self, x: Shape, y: Shape) -> Shape:
        if not x.rank or x.dims[:-1] != y.dims[:-1] or not y.rank:
            raise MisfitError(f"`bilinear` takes vectors, two [… features] with the same sizes before, not {x} and {y}")
        return x.with_last(self.out_features)

    def channels(self, ties: Ties, x: Value, y: Value) -> Channels:
        made = ties.new(self.out_features)
        # the other sizes are those of both
        for one, other in zip(x.axes[:-1], y.axes[:-1], strict=True):
            ties.tie(one, other)
        tensors = {"weight": (made, x.axes[-1], y.axes[-1]), "bias": (made,)}
        return Channels(((*x.axes[:-1], made),), tensors, {"out_features": Count(made)})

    def build(self, x: Shape, y: Shape) -> nn.Module:
        from netspec.modules.arithmetic import Bilinear

        return Bilinear(x.last, y.last, self.out_features, self.bias)

    def parameters(self, x: Shape, y: Shape) -> dict[str, tuple[int, ...]]:
        weight = {"weight": (self.out_features, x.last, y.last)}
        return weight | {"bias": (self.out_features,)} if self.bias else weight
