"""Parameters with a learning rate or a weight decay of their own."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.groups import ParameterGroup
from netspec.shapes import Misfit


class Group(ParameterGroup):
    """Give the parameters that are selected values of their own; what is left out is the optimizer's.

    Each parameter belongs to the first group that selects it, and later groups don't see it. A schedule begins with the
    group's learning rate, and leads all groups to the same `to`.
    """

    examples: ClassVar = (
        Example('group("*:bias", weight_decay=0)'),
        Example('group(["backbone", "!backbone.fc"], lr=1e-4)'),
    )

    lr: Annotated[float | None, Field(gt=0, description="learning rate; none is the optimizer's")] = None
    weight_decay: Annotated[float | None, Field(ge=0, description="weight decay; none is the optimizer's")] = None

    def check(self) -> None:
        if not self.options():
            raise Misfit("the group has nothing of its own", help="give it `lr`, `weight_decay` or both")

    def options(self) -> dict[str, float]:
        given = {"lr": self.lr, "weight_decay": self.weight_decay}
        return {name: value for name, value in given.items() if value is not None}
