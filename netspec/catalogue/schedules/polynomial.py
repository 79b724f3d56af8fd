"""A power of the time that is left."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.schedules._decay import Decay


class Polynomial(Decay):
    """Go to another learning rate as a power of the time that is left.

    torch.optim.lr_scheduler.PolynomialLR, which leads to 0.
    """

    torch_names: ClassVar = ("torch.optim.lr_scheduler.PolynomialLR",)
    aliases: ClassVar = (
        "poly",
        "polynomial_decay",
    )
    unlike_torch: ClassVar = {"total_iters": "`over`"}
    examples: ClassVar = (Example("polynomial(power=0.9)"),)

    power: Annotated[float, Field(gt=0, description="1 is a straight line, more falls faster at first")] = 1.0

    def left(self, progress: float) -> float:
        return (1 - progress) ** self.power

    def python_left(self, progress: str) -> Python:
        return Python(f"(1 - {progress}) ** {self.power!r}")
