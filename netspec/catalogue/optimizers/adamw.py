"""Adam with decoupled weight decay."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.optimizers import FUSED_ON, Betas, DecoupledDecay, Eps, Optimizer


class AdamW(Optimizer):
    """Adam with a weight decay that is apart from the gradient: torch.optim.AdamW.

    Loshchilov and Hutter, Decoupled Weight Decay Regularization, ICLR 2019.
    """

    torch_class: ClassVar = "AdamW"
    fused_on: ClassVar = FUSED_ON
    torch_names: ClassVar = ("torch.optim.AdamW",)
    examples: ClassVar = (
        Example("adamw(lr=1e-3, weight_decay=0.05)"),
        Example('adamw(groups=[group("*:bias", weight_decay=0)])'),
        Example('adamw(lr=1e-3, layer_decay=0.75, layers_in="encoder.layers")'),
    )

    betas: Betas = (0.9, 0.999)
    eps: Eps = 1e-8
    weight_decay: DecoupledDecay = 1e-2
    amsgrad: Annotated[bool, Field(description="divide by the largest of the past means")] = False
