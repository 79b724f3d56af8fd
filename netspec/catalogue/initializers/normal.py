"""Normal numbers."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.initializers import Initializer


class Normal(Initializer):
    """Normal numbers: torch.nn.init.normal_."""

    function: ClassVar = "normal_"
    torch_names: ClassVar = ("torch.nn.init.normal_",)
    aliases: ClassVar = ("random_normal",)
    examples: ClassVar = (Example("normal(std=0.02)"),)

    mean: Annotated[float, Field(description="their mean")] = 0.0
    std: Annotated[float, Field(ge=0, description="their standard deviation")] = 1.0
