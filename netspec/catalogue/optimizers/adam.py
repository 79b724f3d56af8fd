"""Adam."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.optimizers import Optimizer


class Adam(Optimizer):
    """Step by running means of the gradient and of its square: torch.optim.Adam.

    Kingma and Ba, Adam: A Method for Stochastic Optimization, ICLR 2015.
    """

    torch_class: ClassVar = "Adam"
    torch_names: ClassVar = ("torch.optim.Adam",)
    examples: ClassVar = (Example("adam(lr=1e-3)"),)

    betas: Annotated[
        tuple[Annotated[float, Field(ge=0, lt=1)], Annotated[float, Field(ge=0, lt=1)]],
        Field(description="how slowly the two running means change"),
    ] = (0.9, 0.999)
    eps: Annotated[float, Field(ge=0, description="added to the divisor, so that nothing is divided by 0")] = 1e-8
    weight_decay: Annotated[float, Field(ge=0, description="factor of the L2 penalty")] = 0.0
    amsgrad: Annotated[bool, Field(description="divide by the largest of the past means")] = False
