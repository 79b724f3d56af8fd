"""Zeros."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.initializers import Initializer


class Zeros(Initializer):
    """0 everywhere: torch.nn.init.zeros_."""

    function: ClassVar = "zeros_"
    random: ClassVar = False
    torch_names: ClassVar = ("torch.nn.init.zeros_",)
    examples: ClassVar = (Example("zeros"),)
