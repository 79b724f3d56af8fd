"""Adam with Nesterov momentum."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.optimizers import Betas, Decoupled, Eps, LearningRate, Optimizer, WeightDecay


class NAdam(Optimizer):
    """Adam whose momentum looks a step ahead: torch.optim.NAdam.

    Dozat, Incorporating Nesterov Momentum into Adam, ICLR 2016 workshops.
    """

    torch_class: ClassVar = "NAdam"
    torch_names: ClassVar = ("torch.optim.NAdam",)
    examples: ClassVar = (Example("nadam(lr=2e-3)"),)

    lr: LearningRate = 2e-3
    betas: Betas = (0.9, 0.999)
    eps: Eps = 1e-8
    weight_decay: WeightDecay = 0.0
    momentum_decay: Annotated[float, Field(ge=0, description="how fast the momentum comes to its full size")] = 4e-3
    decoupled_weight_decay: Decoupled = False
