"""Logarithm of the sigmoid."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class LogSigmoid(Elementwise):
    """log(1 / (1 + exp(-x))) of every number: torch.nn.LogSigmoid."""

    module: ClassVar = "LogSigmoid"
    torch_names: ClassVar = ("torch.nn.LogSigmoid",)
    examples: ClassVar = (Example("log_sigmoid", into=(128,), out=(128,)),)
