"""Hard swish."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class Hardswish(Elementwise):
    """x relu6(x + 3) / 6 of every number, close to silu without an exponential: torch.nn.Hardswish.

    Howard et al., Searching for MobileNetV3, ICCV 2019.
    """

    module: ClassVar = "Hardswish"
    torch_names: ClassVar = ("torch.nn.Hardswish",)
    aliases: ClassVar = (
        "hswish",
        "h_swish",
    )
    examples: ClassVar = (Example("hardswish", into=(128,), out=(128,)),)
