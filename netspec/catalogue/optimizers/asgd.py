"""Stochastic gradient descent whose steps become smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.optimizers import LearningRate, Optimizer, WeightDecay

if TYPE_CHECKING:
    from torch.optim import Optimizer as TorchOptimizer


class ASGD(Optimizer):
    """Step against the gradient, less far as time goes on: torch.optim.ASGD.

    torch keeps a mean of the weights beside it, which nothing reads; `average = swa` judges and keeps one.

    Polyak and Juditsky, Acceleration of Stochastic Approximation by Averaging, SIAM 1992.
    """

    torch_class: ClassVar = "ASGD"
    torch_names: ClassVar = ("torch.optim.ASGD",)
    large_lr: ClassVar = 10.0
    examples: ClassVar = (Example("asgd(lr=0.01)"),)

    lr: LearningRate = 1e-2
    lambd: Annotated[float, Field(ge=0, description="how fast steps become smaller, and the weights with them")] = 1e-4
    alpha: Annotated[float, Field(ge=0, description="power of the time by which steps become smaller")] = 0.75
    t0: Annotated[float, Field(ge=0, description="the step from which torch's own mean is taken")] = 1e6
    weight_decay: WeightDecay = 0.0

    def after_load(self, optimizer: TorchOptimizer) -> None:
        # the device computes with the numbers of steps, and torch leaves them where they were loaded
        for parameter, state in optimizer.state.items():
            state["step"] = state["step"].to(parameter.device)
        super().after_load(optimizer)
