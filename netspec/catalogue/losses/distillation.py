"""Distillation of a teacher's probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.losses import TaughtLoss
from netspec.catalogue.losses._outputs import count_classes
from netspec.catalogue.targets import Target
from netspec.catalogue.targets.classes import Classes
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class Distillation(TaughtLoss):
    """How far the softened probabilities of classes are from a teacher's.

    It is their divergence times the squared temperature, so that its gradients are as large as those of
    `cross_entropy` at any temperature. Both networks give one number for each class; the softmax of these, divided by
    the temperature, are compared. It is usually one term of a sum:
    `cross_entropy + 9 * distillation(teacher=from_run("runs/big/latest"))`. Alone, it trains without targets;
    validation still compares with them.

    Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network, 2015.
    """

    activation: ClassVar = "softmax"
    aliases: ClassVar = (
        "knowledge_distillation",
        "soft_targets",
        "kd_loss",
    )
    examples: ClassVar = (
        Example('distillation(teacher=from_run("runs/big/latest"))'),
        Example('distillation(teacher=from_run("runs/big/latest", weights=best), temperature=2)'),
    )

    temperature: Annotated[float, Field(gt=0, le=1000, description="what the outputs are divided by")] = 4.0

    def outputs(self, target: Target, output: Shape) -> dict[Shape, str]:
        return {Shape.of(count_classes(self, target)): "one number for each class"}

    def fits(self, target: Target, taught: Target) -> None:
        mine, its = Classes.required(target, self).labels, taught.labels
        if not its:
            raise MisfitError(f"the teacher was trained for {taught.plural}, and the data has {target.plural}")
        if mine != its:
            raise MisfitError(_apart(mine, its), help="the same classes, in the same order")

    def against(self) -> nn.Module:
        from netspec.modules.losses import SoftTargetLoss

        return SoftTargetLoss(self.temperature)


def _apart(mine: tuple[str, ...], its: tuple[str, ...]) -> str:
    """How the classes of a teacher differ from those of the data."""
    if len(mine) != len(its):
        return f"the teacher tells {len(its)} classes apart, and the data has {len(mine)}"
    index = next(index for index in range(len(mine)) if mine[index] != its[index])
    order = " in another order" if sorted(mine) == sorted(its) else ""
    return f"the teacher has other classes{order}: class {index} is `{its[index]}` there and `{mine[index]}` here"
