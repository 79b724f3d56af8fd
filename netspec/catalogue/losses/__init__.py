"""Losses: what training makes small."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Entry
from netspec.catalogue.types import Target
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor, nn


class Loss(Entry):
    """What is made small, and how the network's output is read because of it."""

    kind: ClassVar[str] = "loss"

    def accept(self, output: Shape, target: Target) -> None:
        """Raises Misfit where the network's output doesn't fit the targets under this loss."""
        raise NotImplementedError

    def build(self) -> nn.Module:
        """The torch module, called with the output and the prepared targets; a mean over the batch."""
        raise NotImplementedError

    def prepare(self, targets: Tensor) -> Tensor:
        """The data's targets [N] in the form that the module takes."""
        return targets

    def decide(self, output: Tensor) -> Tensor:
        """The class that each output stands for, by number, [N]; of classification alone."""
        raise NotImplementedError

    def probabilities(self, output: Tensor) -> Tensor:
        """The probability of each class, [N, classes]; of classification alone."""
        raise NotImplementedError
