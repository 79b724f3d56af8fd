"""Absolute value."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Pointwise


class Abs(Pointwise):
    """The absolute value of every number: torch.abs."""

    function: ClassVar = "abs"
    torch_names: ClassVar = ("torch.abs",)
    examples: ClassVar = (Example("abs", into=(128,), out=(128,)),)
