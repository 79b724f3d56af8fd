"""The smallest along dimensions."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._reductions import Reduction


class Amin(Reduction):
    """The smallest of all numbers along a dimension or several: torch.amin."""

    function: ClassVar = "amin"
    torch_names: ClassVar = ("torch.amin",)
    aliases: ClassVar = ("reduce_min",)
    examples: ClassVar = (
        Example("amin(dim=1)", into=(64, 128), out=(128,)),
        Example("amin(dim=[2, 3], keepdim=true)", into=(16, 8, 8), out=(16, 1, 1)),
    )
