"""Softplus."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class Softplus(Elementwise):
    """log(1 + exp(beta x)) / beta of every number, a smooth relu: torch.nn.Softplus."""

    module: ClassVar = "Softplus"
    torch_names: ClassVar = ("torch.nn.Softplus",)
    examples: ClassVar = (Example("softplus(beta=2)", into=(128,), out=(128,)),)

    beta: Annotated[float, Field(gt=0, description="how closely it follows relu")] = 1.0
    threshold: Annotated[float, Field(description="from where on, times beta, x itself is taken")] = 20.0
