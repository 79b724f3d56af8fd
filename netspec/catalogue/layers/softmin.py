"""Softmin along a dimension."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Softmaxes


class Softmin(Softmaxes):
    """The softmax of -x along a dimension, so that the smallest becomes the largest: torch.nn.Softmin."""

    module: ClassVar = "Softmin"
    torch_names: ClassVar = ("torch.nn.Softmin",)
    examples: ClassVar = (
        Example("softmin", into=(128,), out=(128,)),
        Example("softmin(dim=-1)", into=(8, 16), out=(8, 16)),
    )
