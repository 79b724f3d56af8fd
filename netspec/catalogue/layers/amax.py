"""The largest along dimensions."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._reductions import Reduction


class Amax(Reduction):
    """The largest of all numbers along a dimension or several: torch.amax."""

    function: ClassVar = "amax"
    torch_names: ClassVar = ("torch.amax",)
    aliases: ClassVar = ("reduce_max",)
    examples: ClassVar = (
        Example("amax(dim=1)", into=(64, 128), out=(128,)),
        Example("amax(dim=[2, 3], keepdim=true)", into=(16, 8, 8), out=(16, 1, 1)),
    )
