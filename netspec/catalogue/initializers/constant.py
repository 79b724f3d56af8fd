"""One number."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.initializers import Initializer


class Constant(Initializer):
    """The same number everywhere: torch.nn.init.constant_."""

    function: ClassVar = "constant_"
    random: ClassVar = False
    positional: ClassVar = ("val",)
    torch_names: ClassVar = ("torch.nn.init.constant_",)
    examples: ClassVar = (Example("constant(0.01)"),)

    val: Annotated[float, Field(description="the number")]
