"""Powers."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Pointwise


class Pow(Pointwise):
    """Every number to a power: torch.pow."""

    function: ClassVar = "pow"
    positional: ClassVar = ("exponent",)
    torch_names: ClassVar = ("torch.pow",)
    aliases: ClassVar = (
        "power",
        "square",
    )
    examples: ClassVar = (Example("pow(2)", into=(128,), out=(128,)),)

    exponent: Annotated[float, Field(description="the power; one that isn't whole needs positive numbers")]
