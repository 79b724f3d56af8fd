"""Adam."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.optimizers import FUSED_ON, Betas, Eps, Optimizer, WeightDecay


class Adam(Optimizer):
    """Step by running means of the gradient and of its square: torch.optim.Adam.

    Kingma and Ba, Adam: A Method for Stochastic Optimization, ICLR 2015.
    """

    torch_class: ClassVar = "Adam"
    fused_on: ClassVar = FUSED_ON
    torch_names: ClassVar = ("torch.optim.Adam",)
    unlike_torch: ClassVar = {"decoupled_weight_decay": "Adam with it is `adamw`"}
    examples: ClassVar = (Example("adam(lr=1e-3)"),)

    betas: Betas = (0.9, 0.999)
    eps: Eps = 1e-8
    weight_decay: WeightDecay = 0.0
    amsgrad: Annotated[bool, Field(description="divide by the largest of the past means")] = False
