"""Parameters with a learning rate, a weight decay or an optimizer of their own."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.optimizers import Optimizer
from netspec.catalogue.optimizers.groups import ParameterGroup, two_digits
from netspec.shapes import MisfitError


class Group(ParameterGroup):
    """Give the parameters that are selected values of their own; what is left out is the optimizer's.

    Each parameter belongs to the first group that selects it, and later groups don't see it. A schedule begins with the
    group's learning rate, and leads all groups to the same `to`. A group may have another optimizer as a whole.
    """

    examples: ClassVar = (
        Example('group("*:bias", weight_decay=0)'),
        Example('group(["backbone", "!backbone.fc"], lr=1e-4)'),
        Example('group(["*:bias", "head"], optimizer=adamw(lr=3e-4))'),
    )

    lr: Annotated[float | None, Field(gt=0, description="learning rate; none is the optimizer's")] = None
    weight_decay: Annotated[float | None, Field(ge=0, description="weight decay; none is the optimizer's")] = None
    optimizer: Annotated[Optimizer | None, Field(description="what moves them; none is the optimizer around it")] = None

    def check(self) -> None:
        if self.optimizer is None and not self.options():
            raise MisfitError("the group has nothing of its own", help="give it `lr`, `weight_decay` or both")
        if self.optimizer is not None and self.options():
            name = self.optimizer.name()
            raise MisfitError(f"`{name}` of the group has values of its own", help=f"write them there: {name}(lr=1e-3)")
        if self.optimizer is not None and self.optimizer.reevaluates:
            raise MisfitError(
                f"`{self.optimizer.name()}` moves all parameters of a network as one", argument="optimizer"
            )
        if self.optimizer is not None and self.optimizer.groups:
            raise MisfitError("a group's optimizer has no groups", argument="optimizer", help="write them around it")

    def own_optimizer(self) -> Optimizer | None:
        return self.optimizer

    def options(self) -> dict[str, float]:
        given = {"lr": self.lr, "weight_decay": self.weight_decay}
        return {name: value for name, value in given.items() if value is not None}

    def scaled(self, factor: float) -> Self:
        if self.lr is not None:
            return self.model_copy(update={"lr": two_digits(self.lr * factor)})
        if self.optimizer is not None:
            own = self.optimizer.scaled(two_digits(self.optimizer.lr * factor), factor)
            return self.model_copy(update={"optimizer": own})
        return self
