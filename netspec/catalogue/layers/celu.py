"""Continuously differentiable exponential linear unit."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class CELU(Elementwise):
    """max(0, x) + min(0, alpha (exp(x / alpha) - 1)) of every number: torch.nn.CELU."""

    module: ClassVar = "CELU"
    torch_names: ClassVar = ("torch.nn.CELU",)
    examples: ClassVar = (Example("celu(alpha=0.5)", into=(128,), out=(128,)),)

    alpha: Annotated[float, Field(gt=0, description="what the negative side tends to, with the sign changed")] = 1.0
