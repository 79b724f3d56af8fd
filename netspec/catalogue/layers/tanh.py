"""Hyperbolic tangent."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class Tanh(Elementwise):
    """tanh(x) of every number, so that each lies between -1 and 1: torch.nn.Tanh."""

    module: ClassVar = "Tanh"
    torch_names: ClassVar = ("torch.nn.Tanh",)
    examples: ClassVar = (Example("tanh", into=(128,), out=(128,)),)
