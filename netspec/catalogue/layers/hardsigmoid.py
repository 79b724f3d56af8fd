"""Hard sigmoid."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class Hardsigmoid(Elementwise):
    """relu6(x + 3) / 6 of every number, close to sigmoid without an exponential: torch.nn.Hardsigmoid."""

    module: ClassVar = "Hardsigmoid"
    torch_names: ClassVar = ("torch.nn.Hardsigmoid",)
    aliases: ClassVar = ("h_sigmoid",)
    examples: ClassVar = (Example("hardsigmoid", into=(128,), out=(128,)),)
