"""Hard shrinkage."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class Hardshrink(Elementwise):
    """x where it is further from 0 than `lambd`, 0 elsewhere: torch.nn.Hardshrink."""

    module: ClassVar = "Hardshrink"
    positional: ClassVar = ("lambd",)
    torch_names: ClassVar = ("torch.nn.Hardshrink",)
    examples: ClassVar = (Example("hardshrink(0.3)", into=(128,), out=(128,)),)

    lambd: Annotated[float, Field(ge=0, description="how far from 0 a number stays what it is")] = 0.5
