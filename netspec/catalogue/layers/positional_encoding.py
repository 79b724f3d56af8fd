"""Positions in a sequence, as sines or as learned vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class PositionalEncoding(Layer):
    """Add sines and cosines of each place in a sequence to its vector, [sequence, features], so that order counts.

    Nothing is learned and nothing is kept with the weights, unless with `learned=true` a vector for each place, which
    starts around 0, is added instead.

    Vaswani et al., Attention Is All You Need, NIPS 2017, section 3.5.
    """

    examples: ClassVar = (
        Example("positional_encoding", into=(20, 64), out=(20, 64)),
        Example("positional_encoding(learned=true)", into=(20, 64), out=(20, 64)),
    )

    learned: Annotated[bool, Field(description="add learned vectors instead of sines")] = False

    def infer(self, x: Shape) -> Shape:
        if x.rank != 2:
            raise MisfitError(f"`positional_encoding` takes a sequence of vectors, [sequence, features], not {x}")
        return x

    def channels(self, ties: Ties, x: Value) -> Channels:
        if self.learned:
            return Channels((x.axes,), {"weight": x.axes})
        for axis in x.axes:
            ties.fix(axis, "{place} adds sines that follow from the position")
        return Channels((x.axes,))

    def build(self, x: Shape) -> nn.Module:
        from netspec.modules.attention import LearnedPositions, PositionalEncoding

        return LearnedPositions(*x.dims) if self.learned else PositionalEncoding(*x.dims)

    def parameters(self, x: Shape) -> dict[str, tuple[int, ...]]:
        return {"weight": x.dims} if self.learned else {}
