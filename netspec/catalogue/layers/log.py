"""Natural logarithm."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue._elementwise import Pointwise
from netspec.catalogue.entry import Example


class Log(Pointwise):
    """The natural logarithm of every number, which has to be positive: torch.log."""

    function: ClassVar = "log"
    torch_names: ClassVar = ("torch.log",)
    examples: ClassVar = (Example("log", into=(128,), out=(128,)),)
