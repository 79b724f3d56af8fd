"""Optimizers: how the weights are moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Entry
from netspec.catalogue.groups import ParameterGroup

if TYPE_CHECKING:
    from torch.optim import Optimizer as TorchOptimizer


class Optimizer(Entry):
    """How the weights are moved in each step. Arguments and defaults are torch.optim's."""

    kind: ClassVar[str] = "optimizer"
    torch_class: ClassVar[str]
    """The name of torch.optim's class."""

    lr: Annotated[float, Field(gt=0, description="learning rate")] = 1e-3
    groups: Annotated[
        tuple[ParameterGroup, ...],
        Field(description="parameters with values of their own; each belongs to the first group that selects it"),
    ] = ()

    def build(self, groups: Iterable[Mapping[str, Any]]) -> TorchOptimizer:
        """The torch optimizer of a network's parameters, which are on their device already.

        They are in groups as torch takes them: `params`, and what the group has of its own.
        """
        from torch import optim

        return getattr(optim, self.torch_class)(list(groups), **self.model_dump(exclude={"groups"}))
