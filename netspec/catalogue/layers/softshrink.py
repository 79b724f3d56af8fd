"""Soft shrinkage."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class Softshrink(Elementwise):
    """Every number moved towards 0 by `lambd`, and 0 if it is nearer than that: torch.nn.Softshrink."""

    module: ClassVar = "Softshrink"
    positional: ClassVar = ("lambd",)
    torch_names: ClassVar = ("torch.nn.Softshrink",)
    examples: ClassVar = (Example("softshrink(0.3)", into=(128,), out=(128,)),)

    lambd: Annotated[float, Field(ge=0, description="how far every number is moved towards 0")] = 0.5
