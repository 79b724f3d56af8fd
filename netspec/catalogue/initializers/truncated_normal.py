"""Normal numbers without the far ones."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.initializers import Initializer
from netspec.shapes import MisfitError


class TruncatedNormal(Initializer):
    """Normal numbers, drawn until they lie between two bounds: torch.nn.init.trunc_normal_."""

    function: ClassVar = "trunc_normal_"
    torch_names: ClassVar = ("torch.nn.init.trunc_normal_",)
    aliases: ClassVar = ("trunc_normal",)
    examples: ClassVar = (Example("truncated_normal(std=0.02)"),)

    mean: Annotated[float, Field(description="mean before the cut")] = 0.0
    std: Annotated[float, Field(gt=0, description="standard deviation before the cut")] = 1.0
    a: Annotated[float, Field(description="the lower bound")] = -2.0
    b: Annotated[float, Field(description="the upper bound")] = 2.0

    def check(self) -> None:
        if self.a >= self.b:
            raise MisfitError(f"nothing lies between `a={self.a:g}` and `b={self.b:g}`", argument="a")
        if not self.a - 2 * self.std <= self.mean <= self.b + 2 * self.std:
            raise MisfitError("nearly nothing of the distribution lies between `a` and `b`", argument="mean")
