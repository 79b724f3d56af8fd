"""The sum along dimensions."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._reductions import Reduction


class Sum(Reduction):
    """The sum of all numbers along a dimension or several: torch.sum."""

    function: ClassVar = "sum"
    torch_names: ClassVar = ("torch.sum",)
    aliases: ClassVar = (
        "reduce_sum",
        "add_n",
    )
    examples: ClassVar = (
        Example("sum(dim=1)", into=(64, 128), out=(128,)),
        Example("sum(dim=[2, 3], keepdim=true)", into=(16, 8, 8), out=(16, 1, 1)),
    )
