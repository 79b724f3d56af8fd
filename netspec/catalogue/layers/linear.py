"""Fully connected layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Count, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class Linear(Layer):
    """Multiply by a learned matrix and add a learned bias.

    Works on the last dimension and leaves the others as they are, as torch.nn.Linear does; an image is
    usually flattened first.
    """

    inferred: ClassVar = "in_features"
    positional: ClassVar = ("out_features",)
    torch_names: ClassVar = ("torch.nn.Linear",)
    aliases: ClassVar = (
        "dense",
        "fc",
        "fully_connected",
        "inner_product",
    )
    linear: ClassVar = True
    examples: ClassVar = (
        Example("linear(128)", into=(784,), out=(128,)),
        Example("linear(10, bias=false)", into=(7, 64), out=(7, 10)),
    )

    out_features: Annotated[PositiveInt, Field(description="size of the last dimension of the output")]
    bias: Annotated[bool, Field(description="add a learned bias")] = True

    @property
    def adds_bias(self) -> bool:
        return self.bias

    def resized(self, x: Shape, output: Shape) -> Linear | None:
        changed = self.model_copy(update={"out_features": output.last})
        return changed if changed.infer(x) == output else None

    @classmethod
    def projection(cls, x: Shape, output: Shape) -> Linear | None:
        return cls(out_features=output.last) if x.rank == 1 else None

    def infer(self, x: Shape) -> Shape:
        if not x.rank:
            raise MisfitError(f"`linear` takes vectors, not {x}, one number for each sample")
        return x.with_last(self.out_features)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Linear(x.last, self.out_features, self.bias)

    def parameters(self, x: Shape) -> dict[str, tuple[int, ...]]:
        weight = {"weight": (self.out_features, x.last)}
        return weight | {"bias": (self.out_features,)} if self.bias else weight

    def channels(self, ties: Ties, x: Value) -> Channels:
        made = ties.new(self.out_features)
        tensors = {"weight": (made, x.axes[-1]), "bias": (made,)}
        return Channels(((*x.axes[:-1], made),), tensors, {"out_features": Count(made)})

    def flops(self, x: Shape) -> int:
        return 2 * x.size * self.out_features
