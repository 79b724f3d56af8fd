"""Exponential function."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Pointwise


class Exp(Pointwise):
    """e to the power of every number: torch.exp."""

    function: ClassVar = "exp"
    torch_names: ClassVar = ("torch.exp",)
    aliases: ClassVar = ("exponential",)
    examples: ClassVar = (Example("exp", into=(128,), out=(128,)),)
