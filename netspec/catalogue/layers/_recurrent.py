"""Recurrent layers: sequences read step by step."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value, places
from netspec.catalogue.layers import Layer
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class Recurrent(Layer):
    """A recurrent layer over [sequence, features], as torch's with batch_first; `gates` are its matrices in one."""

    gates: ClassVar[int]
    inferred: ClassVar = "input_size"
    positional: ClassVar = ("hidden_size",)

    hidden_size: Annotated[PositiveInt, Field(description="size of the state, and of each output")]
    num_layers: Annotated[PositiveInt, Field(le=64, description="layers above one another")] = 1
    bias: Annotated[bool, Field(description="add learned biases")] = True
    dropout: Annotated[float, Field(ge=0, lt=1, description="dropout between two layers")] = 0.0
    bidirectional: Annotated[bool, Field(description="read in both directions, and give both side by side")] = False
    output: Annotated[
        Literal["sequence", "last"],
        Field(description="the outputs of all steps, or the state after the last one"),
    ] = "sequence"

    def check(self) -> None:
        if self.dropout and self.num_layers == 1:
            raise MisfitError("dropout is between layers, and there is one", argument="dropout")

    def varies(self, *, training: bool) -> bool:
        return training and self.dropout > 0

    def infer(self, x: Shape) -> Shape:
        if x.rank != 2:
            raise MisfitError(f"`{self.name()}` reads a sequence of vectors, [sequence, features], not {x}")
        width = self.size * self._directions
        return Shape((x.dims[0], width) if self.output == "sequence" else (width,))

    def channels(self, ties: Ties, x: Value) -> Channels:
        ties.fix(x.axes[0], "{place} reads one after the other")
        first = {name: sizes for name, sizes in self.parameters(x.shape).items() if name.startswith("weight_ih_l0")}
        tensors = {name: (*places(rows), x.axes[1]) for name, (rows, _) in first.items()}
        return Channels((places(*self.infer(x.shape).dims),), tensors)

    def build(self, x: Shape) -> nn.Module:
        from netspec.modules import recurrent

        own = ("hidden_size", "output")
        arguments = {name: getattr(self, name) for name in type(self).model_fields if name not in own}
        return getattr(recurrent, type(self).__name__)(x.last, self.hidden_size, self.output == "last", **arguments)

    def parameters(self, x: Shape) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        rows = self.gates * self.hidden_size
        for layer in range(self.num_layers):
            width = x.last if layer == 0 else self.size * self._directions
            for direction in ("", "_reverse")[: self._directions]:
                suffix = f"l{layer}{direction}"
                found |= {f"weight_ih_{suffix}": (rows, width), f"weight_hh_{suffix}": (rows, self.size)}
                found |= {f"bias_{part}_{suffix}": (rows,) for part in ("ih", "hh") if self.bias}
                found |= {f"weight_hr_{suffix}": (self.size, self.hidden_size)} if self.size != self.hidden_size else {}
        return found

    def flops(self, x: Shape) -> int:
        matrices = (prod(sizes) for name, sizes in self.parameters(x).items() if name.startswith("weight"))
        return 2 * x.dims[0] * sum(matrices)

    @property
    def size(self) -> int:
        """The size of each output of one direction."""
        return self.hidden_size

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1
