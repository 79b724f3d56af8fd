"""Optimizers: how the weights are moved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Entry

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer as TorchOptimizer


class Optimizer(Entry):
    """How the weights are moved after each batch. Arguments and defaults are torch.optim's."""

    kind: ClassVar[str] = "optimizer"

    def build(self, parameters: Iterable[nn.Parameter]) -> TorchOptimizer:
        """The torch optimizer that moves these parameters, which are a network's and already on its device."""
        raise NotImplementedError
