"""Softmax over the classes."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Softmaxes


class Softmax(Softmaxes):
    """exp(x) / sum(exp(x)) along a dimension: what lies along it is positive and sums to 1. torch.nn.Softmax."""

    module: ClassVar = "Softmax"
    torch_names: ClassVar = ("torch.nn.Softmax", "torch.nn.Softmax2d")
    examples: ClassVar = (
        Example("softmax", into=(128,), out=(128,)),
        Example("softmax(dim=-1)", into=(8, 16), out=(8, 16)),
    )
