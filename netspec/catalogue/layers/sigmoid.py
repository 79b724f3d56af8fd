"""Logistic sigmoid."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class Sigmoid(Elementwise):
    """1 / (1 + exp(-x)) of every number, so that each lies between 0 and 1: torch.nn.Sigmoid."""

    module: ClassVar = "Sigmoid"
    torch_names: ClassVar = ("torch.nn.Sigmoid",)
    examples: ClassVar = (Example("sigmoid", into=(128,), out=(128,)),)
