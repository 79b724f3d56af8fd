"""Exponential function."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue._elementwise import Pointwise
from netspec.catalogue.entry import Example


class Exp(Pointwise):
    """e to the power of every number: torch.exp."""

    function: ClassVar = "exp"
    torch_names: ClassVar = ("torch.exp",)
    examples: ClassVar = (Example("exp", into=(128,), out=(128,)),)
