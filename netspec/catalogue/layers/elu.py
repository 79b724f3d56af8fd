"""Exponential linear unit."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class ELU(Elementwise):
    """x where it is positive, alpha (exp(x) - 1) elsewhere: torch.nn.ELU.

    Clevert, Unterthiner and Hochreiter, Fast and Accurate Deep Network Learning by ELUs, ICLR 2016.
    """

    module: ClassVar = "ELU"
    torch_names: ClassVar = ("torch.nn.ELU",)
    examples: ClassVar = (Example("elu(alpha=0.5)", into=(128,), out=(128,)),)

    alpha: Annotated[float, Field(description="what the negative side tends to, with the sign changed")] = 1.0
