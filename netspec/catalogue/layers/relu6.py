"""Rectified linear unit up to 6."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class ReLU6(Elementwise):
    """min(max(0, x), 6) of every number: torch.nn.ReLU6."""

    module: ClassVar = "ReLU6"
    torch_names: ClassVar = ("torch.nn.ReLU6",)
    examples: ClassVar = (Example("relu6", into=(128,), out=(128,)),)
