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
        """Raises Misfit where the network's output doesn't fit the targets under this loss.

        `output` is of one sample, without the batch.
        """
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
