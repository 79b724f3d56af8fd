"""Matrix product of two values."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Inputs, Layer
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn

BATCH = -1
"""The batch's place among sizes; it equals itself alone."""


class Matmul(Layer):
    """The matrix product of two values: torch.matmul, over their last two dimensions.

    The sizes before those are equal, or 1. `matmul(weights)` multiplies every vector by a learned matrix.
    """

    inputs: ClassVar = Inputs(("input", "other"))
    takes_unbatched: ClassVar = True
    torch_names: ClassVar = ("torch.matmul",)
    aliases: ClassVar = (
        "mm",
        "dot",
        "matrix_multiply",
    )
    examples: ClassVar = (Example("matmul", into=((8, 64, 32), (8, 32, 16)), out=(8, 64, 16)),)

    def infer(self, x: Shape, y: Shape) -> Shape:
        left, right = _sizes(x), _sizes(y)
        batched = x.batched or y.batched
        found = _product(left, right)
        if found is None or (batched and (found[:1] != (BATCH,) or BATCH in found[1:])):
            raise MisfitError(f"`matmul` takes [… n, m] and [… m, k], not {x} and {y}")
        return Shape(found[1:] if batched else found, batched=batched)

    def build(self, x: Shape, y: Shape) -> nn.Module:
        from torch import matmul

        from netspec.modules.shaping import Function

        return Function(matmul)

    def flops(self, x: Shape, y: Shape) -> int:
        return 2 * self.infer(x, y).size * x.last


def _sizes(x: Shape) -> tuple[int, ...]:
    return (BATCH, *x.dims) if x.batched else x.dims


def _product(left: tuple[int, ...], right: tuple[int, ...]) -> tuple[int, ...] | None:
    """The sizes of a product; a single dimension is a row on the left and a column on the right, and is gone then."""
    if not left or not right or left[-1] != right[-2:][0]:
        return None
    before = tuple(zip_longest(reversed(left[:-2]), reversed(right[:-2]), fillvalue=1))
    if any(one != other and 1 not in (one, other) for one, other in before):
        return None
    columns = right[-1:] if len(right) > 1 else ()
    return (*(other if one == 1 else one for one, other in reversed(before)), *left[-2:-1], *columns)
