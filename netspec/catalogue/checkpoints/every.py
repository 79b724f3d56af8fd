"""Save at a steady pace."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.checkpoints import Checkpoint
from netspec.catalogue.entry import Example
from netspec.catalogue.values import Epochs, PositiveInt, Quantity


class Every(Checkpoint):
    """Save after every so many epochs, and keep the newest ones; the best and the last are kept beside them."""

    positional: ClassVar = ("interval",)
    examples: ClassVar = (Example("every(1 epoch, keep=2)"),)

    interval: Annotated[Epochs, Field(description="the pace")] = Quantity(1, "epochs")
    keep: Annotated[PositiveInt, Field(description="how many of the newest to keep")] = 2

    def is_due(self, epoch: int) -> bool:
        return epoch % self.interval.number == 0

    def kept(self) -> int:
        return self.keep
