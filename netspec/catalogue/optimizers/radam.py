"""Adam that corrects its first steps."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.optimizers import Betas, Decoupled, Eps, Optimizer, WeightDecay


class RAdam(Optimizer):
    """Adam that takes the variance of its first steps into account, in the place of a warmup: torch.optim.RAdam.

    Liu and others, On the Variance of the Adaptive Learning Rate and Beyond, ICLR 2020.
    """

    torch_class: ClassVar = "RAdam"
    torch_names: ClassVar = ("torch.optim.RAdam",)
    examples: ClassVar = (Example("radam(lr=1e-3)"),)

    betas: Betas = (0.9, 0.999)
    eps: Eps = 1e-8
    weight_decay: WeightDecay = 0.0
    decoupled_weight_decay: Decoupled = False
