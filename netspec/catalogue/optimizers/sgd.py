"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.optimizers import FUSED_ON, Momentum, Optimizer, WeightDecay
from netspec.shapes import MisfitError


class SGD(Optimizer):
    """Step against the gradient, with momentum if wanted: torch.optim.SGD."""

    torch_class: ClassVar = "SGD"
    fused_on: ClassVar = FUSED_ON
    torch_names: ClassVar = ("torch.optim.SGD",)
    large_lr: ClassVar = 10.0
    examples: ClassVar = (Example("sgd(lr=0.1, momentum=0.9)"),)

    momentum: Momentum = 0.0
    dampening: Annotated[float, Field(ge=0, description="share of the gradient that momentum leaves out")] = 0.0
    weight_decay: WeightDecay = 0.0
    nesterov: Annotated[bool, Field(description="Nesterov momentum")] = False

    def check(self) -> None:
        super().check()
        if self.nesterov and (self.momentum == 0 or self.dampening != 0):
            raise MisfitError(
                "Nesterov momentum needs a `momentum` above 0 and no `dampening`",
                argument="nesterov",
                help="momentum=0.9" if self.momentum == 0 else "leave `dampening` out",
            )
