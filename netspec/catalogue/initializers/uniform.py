"""Uniform numbers."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.initializers import Initializer
from netspec.shapes import MisfitError


class Uniform(Initializer):
    """Uniform numbers between two bounds: torch.nn.init.uniform_."""

    function: ClassVar = "uniform_"
    torch_names: ClassVar = ("torch.nn.init.uniform_",)
    aliases: ClassVar = ("random_uniform",)
    examples: ClassVar = (Example("uniform(a=-0.1, b=0.1)"),)

    a: Annotated[float, Field(description="the lower bound")] = 0.0
    b: Annotated[float, Field(description="the upper bound")] = 1.0

    def check(self) -> None:
        if self.a > self.b:
            raise MisfitError(f"`a={self.a:g}` is above `b={self.b:g}`", argument="a")
