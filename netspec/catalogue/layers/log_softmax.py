"""Logarithm of the softmax."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue._dims import place
from netspec.catalogue._elementwise import Elementwise
from netspec.catalogue.entry import Example
from netspec.shapes import Shape


class LogSoftmax(Elementwise):
    """log(exp(x) / sum(exp(x))) along a dimension, for losses that take logarithms: torch.nn.LogSoftmax."""

    module: ClassVar = "LogSoftmax"
    examples: ClassVar = (
        Example("log_softmax", into=(128,), out=(128,)),
        Example("log_softmax(dim=-1)", into=(8, 16), out=(8, 16)),
    )

    dim: Annotated[int, Field(description="the dimension along which it sums to 1; 1 is the classes or channels")] = 1

    def infer(self, x: Shape) -> Shape:
        place(self.dim, x)
        return x
