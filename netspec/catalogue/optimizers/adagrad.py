"""Steps that become smaller where gradients were large."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.optimizers import Eps, LearningRate, Optimizer, WeightDecay


class Adagrad(Optimizer):
    """Divide the gradient by the root of the sum of all its past squares: torch.optim.Adagrad.

    Duchi and others, Adaptive Subgradient Methods for Online Learning and Stochastic Optimization, JMLR 2011.
    """

    torch_class: ClassVar = "Adagrad"
    fused_on: ClassVar = frozenset({"cpu"})
    torch_names: ClassVar = ("torch.optim.Adagrad",)
    large_lr: ClassVar = 1.0
    examples: ClassVar = (Example("adagrad(lr=0.01)"),)

    lr: LearningRate = 1e-2
    lr_decay: Annotated[float, Field(ge=0, description="lr is divided by 1 + this times the number of the step")] = 0.0
    weight_decay: WeightDecay = 0.0
    initial_accumulator_value: Annotated[float, Field(ge=0, description="what the sum of squares begins with")] = 0.0
    eps: Eps = 1e-10
