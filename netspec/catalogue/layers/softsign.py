"""Softsign."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class Softsign(Elementwise):
    """x / (1 + |x|) of every number: torch.nn.Softsign."""

    module: ClassVar = "Softsign"
    torch_names: ClassVar = ("torch.nn.Softsign",)
    examples: ClassVar = (Example("softsign", into=(128,), out=(128,)),)
