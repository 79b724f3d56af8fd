"""The product of two values."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._arithmetic import Arithmetic


class Mul(Arithmetic):
    """The product of two values of one shape, number by number: what `a * b` is.

    Sizes of 1 stand for any size, as in torch. The batch is left alone: values of samples have equal ranks.
    """

    sign: ClassVar = "*"
    torch_names: ClassVar = ("torch.mul",)
    aliases: ClassVar = (
        "multiply",
        "times",
    )
    examples: ClassVar = (
        Example("mul", into=((64, 7, 7), (64, 7, 7)), out=(64, 7, 7)),
        Example("mul", into=((64, 7, 7), (64, 1, 1)), out=(64, 7, 7)),
    )
