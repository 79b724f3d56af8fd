"""Sigmoid linear unit."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class SiLU(Elementwise):
    """x times its sigmoid, also called swish: torch.nn.SiLU."""

    module: ClassVar = "SiLU"
    torch_names: ClassVar = ("torch.nn.SiLU",)
    aliases: ClassVar = ("swish",)
    examples: ClassVar = (Example("silu", into=(128,), out=(128,)),)
