"""The mean along dimensions."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._reductions import Reduction


class Mean(Reduction):
    """The mean of all numbers along a dimension or several: torch.mean."""

    function: ClassVar = "mean"
    torch_names: ClassVar = ("torch.mean",)
    aliases: ClassVar = (
        "average",
        "reduce_mean",
    )
    examples: ClassVar = (
        Example("mean(dim=1)", into=(64, 128), out=(128,)),
        Example("mean(dim=[2, 3], keepdim=true)", into=(16, 8, 8), out=(16, 1, 1)),
    )
