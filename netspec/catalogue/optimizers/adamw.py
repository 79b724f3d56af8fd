"""Adam with decoupled weight decay."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.optimizers import Optimizer


class AdamW(Optimizer):
    """Adam with a weight decay that is apart from the gradient: torch.optim.AdamW.

    Loshchilov and Hutter, Decoupled Weight Decay Regularization, ICLR 2019.
    """

    torch_class: ClassVar = "AdamW"
    torch_names: ClassVar = ("torch.optim.AdamW",)
    examples: ClassVar = (
        Example("adamw(lr=1e-3, weight_decay=0.05)"),
        Example('adamw(groups=[group("*:bias", weight_decay=0)])'),
    )

    betas: Annotated[
        tuple[Annotated[float, Field(ge=0, lt=1)], Annotated[float, Field(ge=0, lt=1)]],
        Field(description="how slowly the two running means change"),
    ] = (0.9, 0.999)
    eps: Annotated[float, Field(ge=0, description="added to the divisor, so that nothing is divided by 0")] = 1e-8
    weight_decay: Annotated[float, Field(ge=0, description="share of the weights, times lr, that a step takes off")] = (
        1e-2
    )
    amsgrad: Annotated[bool, Field(description="divide by the largest of the past means")] = False
