"""Operators between values: sums, differences, products and quotients, number by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.channels import Axes, Axis, Channels, Ties, Value, places
from netspec.catalogue.layers import Inputs, Layer
from netspec.catalogue.layers._dims import named
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class Arithmetic(Layer):
    """An operator of two values of one shape, or of a value and a number. A size of 1 stands for any, as in torch."""

    sign: ClassVar[Literal["+", "-", "*", "/"]]
    inputs: ClassVar = Inputs(("input", "other"), optional=1)
    takes_unbatched: ClassVar = True

    other: Annotated[float | None, Field(description="a number in the place of the second value")] = None
    reflected: Annotated[bool, Field(description="the number stands before the sign")] = False

    @property
    def rescales(self) -> bool:
        return self.other is not None

    def infer(self, x: Shape, y: Shape | None = None) -> Shape:
        if (y is None) == (self.other is None):
            raise MisfitError(f"`{self.name()}` takes two values, or a value and a number `other`")
        if self.reflected and y is not None:
            raise MisfitError("`reflected` is about a number, and two values come in", argument="reflected")
        return x if y is None else broadcast(self.sign, x, y)

    def channels(self, ties: Ties, x: Value, y: Value | None = None) -> Channels:
        if y is None:
            return Channels((x.axes,))
        (output,) = self.outputs(x.shape, y.shape)
        return Channels((broadcast_channels(ties, x, y, output),))

    def build(self, x: Shape, y: Shape | None = None) -> nn.Module:
        from netspec.modules.arithmetic import Operator

        return Operator(self.sign, self.other, self.reflected)


def broadcast(sign: str, x: Shape, y: Shape) -> Shape:
    """The shape of an operator's result: sizes are equal, or one of them is 1. Raises MisfitError.

    Sizes align from the right, as torch aligns them. Two values of samples have equal ranks, since torch would align
    the batch with a size else; a value without a batch may have a 1 in its place.
    """
    rank = max(x.rank, y.rank)
    if x.batched and y.batched and x.rank != y.rank:
        raise MisfitError(f"`{sign}` needs equal shapes: {x} and {y}, of {x.rank} and {y.rank} dimensions")
    if x.batched != y.batched:
        rank = (x if x.batched else y).rank
    left, right = (_aligned(shape, rank, sign, (x, y)) for shape in (x, y))
    pairs = tuple(zip(left, right, strict=True))
    wrong = [index for index, pair in enumerate(pairs) if pair[0] != pair[1] and 1 not in pair]
    if wrong:
        reasons = ", ".join(f"{named(index, rank)} {left[index]} and {right[index]}" for index in wrong)
        raise MisfitError(f"`{sign}` needs equal shapes: {x} and {y}", help=reasons)
    return Shape(tuple(a if b == 1 else b for a, b in pairs), batched=x.batched or y.batched)


def broadcast_channels(ties: Ties, x: Value, y: Value, output: Shape) -> Axes:
    """The axes of an operator's result: channels at the same position are tied, and one that stands for all stays."""
    found: list[Axis] = []
    for pair in zip(*(_aligned_axes(value, output.rank) for value in (x, y)), strict=True):
        short, long = sorted(pair, key=len)
        if len(short) == len(long):
            ties.tie(*pair)
        else:
            ties.fix(short, "{place} takes it for all positions of another value")
        found.append(long)
    return tuple(found)


def _aligned_axes(value: Value, rank: int) -> Axes:
    """The axes of a value, filled up from the left, without what stands for the batch."""
    extra = value.shape.rank - rank
    return value.axes[extra:] if extra > 0 else places(*[1] * -extra) + value.axes


def _aligned(shape: Shape, rank: int, sign: str, both: tuple[Shape, Shape]) -> tuple[int, ...]:
    """The sizes of a value, filled up with 1 from the left; a learned tensor's may have a 1 for the batch before."""
    dims = shape.dims
    if not shape.batched and len(dims) == rank + 1 and dims[0] == 1:
        dims = dims[1:]
    if len(dims) > rank:
        raise MisfitError(
            f"`{sign}` needs equal shapes: {both[0]} and {both[1]}, of {both[0].rank} and {both[1].rank} dimensions"
        )
    return (1,) * (rank - len(dims)) + dims
