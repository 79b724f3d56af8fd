"""Natural logarithm."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Pointwise


class Log(Pointwise):
    """The natural logarithm of every number, which has to be positive: torch.log."""

    function: ClassVar = "log"
    torch_names: ClassVar = ("torch.log",)
    aliases: ClassVar = ("ln_of",)
    examples: ClassVar = (Example("log", into=(128,), out=(128,)),)
