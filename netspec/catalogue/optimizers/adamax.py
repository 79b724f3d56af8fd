"""Adam by the largest gradients."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.optimizers import Betas, Eps, LearningRate, Optimizer, WeightDecay


class Adamax(Optimizer):
    """Adam that divides by the largest gradient of late, not by the mean of the squares: torch.optim.Adamax.

    Kingma and Ba, Adam: A Method for Stochastic Optimization, ICLR 2015.
    """

    torch_class: ClassVar = "Adamax"
    torch_names: ClassVar = ("torch.optim.Adamax",)
    examples: ClassVar = (Example("adamax(lr=2e-3)"),)

    lr: LearningRate = 2e-3
    betas: Betas = (0.9, 0.999)
    eps: Eps = 1e-8
    weight_decay: WeightDecay = 0.0
