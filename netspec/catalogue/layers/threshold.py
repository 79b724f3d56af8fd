"""Threshold."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class Threshold(Elementwise):
    """x where it is above a threshold, one value elsewhere: torch.nn.Threshold."""

    module: ClassVar = "Threshold"
    positional: ClassVar = (
        "threshold",
        "value",
    )
    torch_names: ClassVar = ("torch.nn.Threshold",)
    examples: ClassVar = (Example("threshold(0.1, 0)", into=(128,), out=(128,)),)

    threshold: Annotated[float, Field(description="above which a number stays what it is")]
    value: Annotated[float, Field(description="what the other numbers become")]
