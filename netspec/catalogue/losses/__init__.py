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
    takes: ClassVar[str] = ""
    """Its output in words: `one number for each class`."""
    activation: ClassVar[str | None] = None
    """The layer that it does itself, so that the network doesn't end with one."""

    def output(self, target: Target) -> Shape:
        """The output that it takes for such targets, of one sample. Raises Misfit where it is for other targets."""
        raise NotImplementedError

    def build(self) -> nn.Module:
        """The torch module: of the output [N, …] and the prepared targets the mean over the N samples, a scalar."""
        raise NotImplementedError

    def prepare(self, targets: Tensor) -> Tensor:
        """The data's targets, int64 classes or float32 numbers [N], as the module takes them: [N] or [N, 1]."""
        return targets

    def decide(self, output: Tensor) -> Tensor:
        """The class, [N] int64, that each output of [N, …] stands for; asked only where the targets are classes."""
        raise NotImplementedError

    def probabilities(self, output: Tensor) -> Tensor | None:
        """The probability of each class, [N, classes], of outputs [N, …]; None if they stand for none."""
        return None
