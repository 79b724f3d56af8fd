"""Logarithm of the softmax."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Softmaxes


class LogSoftmax(Softmaxes):
    """log(exp(x) / sum(exp(x))) along a dimension, for losses that take logarithms: torch.nn.LogSoftmax."""

    module: ClassVar = "LogSoftmax"
    torch_names: ClassVar = ("torch.nn.LogSoftmax",)
    examples: ClassVar = (
        Example("log_softmax", into=(128,), out=(128,)),
        Example("log_softmax(dim=-1)", into=(8, 16), out=(8, 16)),
    )
