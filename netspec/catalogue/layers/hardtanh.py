"""Hard tanh."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue._elementwise import Elementwise
from netspec.catalogue.entry import Example


class Hardtanh(Elementwise):
    """Every number brought between two bounds: torch.nn.Hardtanh."""

    module: ClassVar = "Hardtanh"
    examples: ClassVar = (Example("hardtanh(max_val=2)", into=(128,), out=(128,)),)

    min_val: Annotated[float, Field(description="the least that comes out")] = -1.0
    max_val: Annotated[float, Field(description="the most that comes out")] = 1.0
