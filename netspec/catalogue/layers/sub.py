"""The difference of two values."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._arithmetic import Arithmetic


class Sub(Arithmetic):
    """The difference of two values of one shape: what `a - b` is.

    Sizes of 1 stand for any size, as in torch. The batch is left alone: values of samples have equal ranks.
    """

    sign: ClassVar = "-"
    torch_names: ClassVar = ("torch.sub",)
    aliases: ClassVar = (
        "subtract",
        "minus",
    )
    examples: ClassVar = (
        Example("sub", into=((64, 7, 7), (64, 7, 7)), out=(64, 7, 7)),
        Example("sub", into=((64, 7, 7), (64, 1, 1)), out=(64, 7, 7)),
    )
