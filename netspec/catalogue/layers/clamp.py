"""Bounds."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Pointwise
from netspec.shapes import MisfitError


class Clamp(Pointwise):
    """Every number below a bound becomes that bound, and every number above another one becomes that: torch.clamp."""

    function: ClassVar = "clamp"
    torch_names: ClassVar = ("torch.clamp",)
    aliases: ClassVar = ("clip",)
    examples: ClassVar = (
        Example("clamp(min=0, max=1)", into=(128,), out=(128,)),
        Example("clamp(min=1e-6)", into=(8, 16), out=(8, 16)),
    )

    min: Annotated[float | None, Field(description="the smallest number; none means no bound")] = None
    max: Annotated[float | None, Field(description="the largest number; none means no bound")] = None

    def check(self) -> None:
        if self.min is None and self.max is None:
            raise MisfitError("`clamp` takes `min`, `max` or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise MisfitError(f"`min={self.min}` is above `max={self.max}`", argument="min")
