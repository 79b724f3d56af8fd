"""Nothing."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class Identity(Elementwise):
    """What comes in, as it is: torch.nn.Identity. It takes a place and a name."""

    module: ClassVar = "Identity"
    keeps_numbers: ClassVar = True
    dtypes: ClassVar = ("float32", "int64")
    torch_names: ClassVar = ("torch.nn.Identity",)
    aliases: ClassVar = (
        "noop",
        "passthrough",
    )
    examples: ClassVar = (Example("identity", into=(128,), out=(128,)),)
