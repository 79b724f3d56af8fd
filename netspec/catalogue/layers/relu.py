"""Rectified linear unit."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class ReLU(Elementwise):
    """max(0, x) of every number: torch.nn.ReLU."""

    module: ClassVar = "ReLU"
    rectifies: ClassVar = True
    torch_names: ClassVar = ("torch.nn.ReLU",)
    examples: ClassVar = (Example("relu", into=(128,), out=(128,)),)
