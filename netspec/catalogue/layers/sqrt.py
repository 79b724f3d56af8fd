"""Square root."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Pointwise


class Sqrt(Pointwise):
    """The square root of every number, which has to be positive: torch.sqrt. Its slope at 0 is infinite."""

    function: ClassVar = "sqrt"
    torch_names: ClassVar = ("torch.sqrt",)
    examples: ClassVar = (Example("sqrt", into=(128,), out=(128,)),)
