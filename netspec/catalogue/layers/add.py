"""The sum of two values."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._arithmetic import Arithmetic


class Add(Arithmetic):
    """The sum of two values of one shape: what `a + b` is.

    Sizes of 1 stand for any size, as in torch. The batch is left alone: values of samples have equal ranks.
    """

    sign: ClassVar = "+"
    torch_names: ClassVar = ("torch.add",)
    aliases: ClassVar = ("plus",)
    examples: ClassVar = (
        Example("add", into=((64, 7, 7), (64, 7, 7)), out=(64, 7, 7)),
        Example("add", into=((64, 7, 7), (64, 1, 1)), out=(64, 7, 7)),
    )
