"""A kernel that changes nothing."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.initializers import Initializer
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError


class Dirac(Initializer):
    """Kernels of a convolution that hand on as many channels as they can: torch.nn.init.dirac_."""

    function: ClassVar = "dirac_"
    random: ClassVar = False
    ranks: ClassVar = range(3, 6)
    torch_names: ClassVar = ("torch.nn.init.dirac_",)
    examples: ClassVar = (Example("dirac"),)

    groups: Annotated[PositiveInt, Field(description="parts that the channels are divided into, each on its own")] = 1

    def fits(self, sizes: tuple[int, ...]) -> None:
        super().fits(sizes)
        if sizes[0] % self.groups:
            raise MisfitError(f"`groups={self.groups}` doesn't divide {sizes[0]} channels", argument="groups")
