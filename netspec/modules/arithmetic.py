"""Operators as modules, and products of two vectors."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Literal

from torch import Tensor, nn

OPERATORS: dict[str, Callable[[Any, Any], Tensor]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


class Bilinear(nn.Bilinear):
    """torch's, with inputs in the precision of its weights: torch.autocast sees to that on accelerators alone."""

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        return super().forward(input1.to(self.weight.dtype), input2.to(self.weight.dtype))


class Operator(nn.Module):
    """An operator of two tensors, or of a tensor and a number, which stands before the sign if `reflected`."""

    def __init__(self, sign: Literal["+", "-", "*", "/"], other: float | None = None, reflected: bool = False) -> None:
        super().__init__()
        self.sign = sign
        self.other = other
        self.reflected = reflected

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        other = self.other if y is None else y
        apply = OPERATORS[self.sign]
        return apply(other, x) if self.reflected else apply(x, other)

    def extra_repr(self) -> str:
        return self.sign if self.other is None else f"{self.sign}, {self.other}"
