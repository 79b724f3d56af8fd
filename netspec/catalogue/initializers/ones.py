"""Ones."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.initializers import Initializer


class Ones(Initializer):
    """1 everywhere: torch.nn.init.ones_."""

    function: ClassVar = "ones_"
    random: ClassVar = False
    torch_names: ClassVar = ("torch.nn.init.ones_",)
    examples: ClassVar = (Example("ones"),)
