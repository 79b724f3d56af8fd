"""The quotient of two values."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._arithmetic import Arithmetic


class Div(Arithmetic):
    """The quotient of two values of one shape, number by number: what `a / b` is.

    Sizes of 1 stand for any size, as in torch. The batch is left alone: values of samples have equal ranks.
    """

    sign: ClassVar = "/"
    torch_names: ClassVar = ("torch.div",)
    aliases: ClassVar = ("divide",)
    examples: ClassVar = (
        Example("div", into=((64, 7, 7), (64, 7, 7)), out=(64, 7, 7)),
        Example("div", into=((64, 7, 7), (64, 1, 1)), out=(64, 7, 7)),
    )
