"""Distillation of a value within the teacher."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.losses import TaughtLoss
from netspec.catalogue.targets import Target
from netspec.catalogue.values import Text
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class FeatureDistillation(TaughtLoss):
    """The mean squared difference between a value within the network and one within a teacher.

    Both are named by their layers, as `netspec plan` shows them, and have the same shape: a layer of the teacher's
    width in the network makes them so. The classes may be others than the teacher's.

    Romero and others, FitNets: Hints for Thin Deep Nets, ICLR 2015.
    """

    of: ClassVar = Target
    positional: ClassVar = ("value",)
    aliases: ClassVar = (
        "fitnets",
        "hint_loss",
    )
    examples: ClassVar = (
        Example('feature_distillation("fc1", teacher=from_run("runs/big/latest"))'),
        Example('feature_distillation("neck", teacher=from_run("runs/big/latest"), like="body.layer3.1")'),
    )

    value: Annotated[Text, Field(description="the layer whose value is compared")]
    like: Annotated[Text | None, Field(description="the teacher's layer; none is the one of the same name")] = None

    @property
    def student_value(self) -> str:
        return self.value

    @property
    def teacher_value(self) -> str:
        return self.like or self.value

    def outputs(self, target: Target, output: Shape) -> dict[Shape, str]:
        return {output: "any value"}

    def against(self) -> nn.Module:
        from torch import nn

        return nn.MSELoss()
