"""Mish."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class Mish(Elementwise):
    """x tanh(log(1 + exp(x))) of every number: torch.nn.Mish.

    Misra, Mish: A Self Regularized Non-Monotonic Activation Function, BMVC 2020.
    """

    module: ClassVar = "Mish"
    torch_names: ClassVar = ("torch.nn.Mish",)
    examples: ClassVar = (Example("mish", into=(128,), out=(128,)),)
