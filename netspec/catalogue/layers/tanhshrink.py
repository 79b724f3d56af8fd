"""What the hyperbolic tangent takes away."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class Tanhshrink(Elementwise):
    """x - tanh(x) of every number: torch.nn.Tanhshrink."""

    module: ClassVar = "Tanhshrink"
    torch_names: ClassVar = ("torch.nn.Tanhshrink",)
    examples: ClassVar = (Example("tanhshrink", into=(128,), out=(128,)),)
