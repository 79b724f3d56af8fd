"""Hard tanh."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise
from netspec.shapes import MisfitError


class Hardtanh(Elementwise):
    """Every number brought between two bounds: torch.nn.Hardtanh."""

    module: ClassVar = "Hardtanh"
    torch_names: ClassVar = ("torch.nn.Hardtanh",)
    unlike_torch: ClassVar = {
        "min_value": "torch's old name of `min_val`",
        "max_value": "torch's old name of `max_val`",
    }
    examples: ClassVar = (Example("hardtanh(max_val=2)", into=(128,), out=(128,)),)

    min_val: Annotated[float, Field(description="the least that comes out")] = -1.0
    max_val: Annotated[float, Field(description="the most that comes out")] = 1.0

    def check(self) -> None:
        if self.min_val >= self.max_val:
            raise MisfitError(f"`max_val` is above `min_val={self.min_val}`, not {self.max_val}", argument="max_val")
