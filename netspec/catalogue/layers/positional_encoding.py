"""Positions in a sequence, as sines."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.shapes import Misfit, Shape

if TYPE_CHECKING:
    from torch import nn


class PositionalEncoding(Layer):
    """Add sines and cosines of each place in a sequence to its vector, [sequence, features], so that order counts.

    Nothing is learned and nothing is kept with the weights. Learned positions are
    `position: parameter([1, 64, 128], std=0.02)` and an addition.

    Vaswani et al., Attention Is All You Need, NIPS 2017, section 3.5.
    """

    examples: ClassVar = (Example("positional_encoding", into=(20, 64), out=(20, 64)),)

    def infer(self, x: Shape) -> Shape:
        if x.rank != 2:
            raise Misfit(f"`positional_encoding` takes a sequence of vectors, [sequence, features], not {x}")
        return x

    def build(self, x: Shape) -> nn.Module:
        from netspec.modules.attention import PositionalEncoding

        return PositionalEncoding(*x.dims)
