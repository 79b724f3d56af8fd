"""Layers: what a network is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Entry
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class Layer(Entry):
    """An operation of a network: a shape rule, and the torch module that does it.

    Shapes are those of one sample, without the batch. Every rule is checked against the real module's output.
    """

    kind: ClassVar[str] = "layer"
    inferred: ClassVar[str | None] = None
    """torch's first argument, where it is the size of what comes in and so isn't written."""

    def infer(self, x: Shape) -> Shape:
        """The output's shape; raises Misfit where the input doesn't fit."""
        raise NotImplementedError

    def build(self, x: Shape) -> nn.Module:
        """The torch module for an input of that shape."""
        raise NotImplementedError

    def parameters(self, x: Shape) -> dict[str, tuple[int, ...]]:
        """The learned tensors by their names in the module's state_dict, with their shapes."""
        return {}

    def buffers(self, x: Shape) -> dict[str, tuple[int, ...]]:
        """The tensors of the state_dict that aren't learned."""
        return {}

    def smallest_batch(self, x: Shape) -> int:
        """How many samples a batch of training has at least."""
        return 1

    def flops(self, x: Shape) -> int:
        """Floating-point operations for one sample, two for each multiply and add, of matrix products and
        convolutions alone, as torch.utils.flop_counter counts them."""
        return 0
