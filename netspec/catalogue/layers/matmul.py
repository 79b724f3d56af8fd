"""Matrix product of two values."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Inputs, Layer
from netspec.shapes import Misfit, Shape

if TYPE_CHECKING:
    from torch import nn


class Matmul(Layer):
    """The matrix product of two values: torch.matmul, over their last two dimensions.

    The sizes before those are equal.
    """

    inputs: ClassVar = Inputs(("input", "other"))
    examples: ClassVar = (Example("matmul", into=((8, 64, 32), (8, 32, 16)), out=(8, 64, 16)),)

    def infer(self, x: Shape, y: Shape) -> Shape:
        if x.rank < 2 or y.rank < 2 or x.dims[:-2] != y.dims[:-2] or x.dims[-1] != y.dims[-2]:
            raise Misfit(f"`matmul` takes [… n, m] and [… m, k], not {x} and {y}")
        return x.with_last(y.last)

    def build(self, x: Shape, y: Shape) -> nn.Module:
        from torch import matmul

        from netspec.modules.shaping import Function

        return Function(matmul)

    def flops(self, x: Shape, y: Shape) -> int:
        return 2 * x.size * y.last
