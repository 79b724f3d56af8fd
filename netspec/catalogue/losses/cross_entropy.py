"""Cross-entropy of classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.losses import Loss
from netspec.catalogue.types import Classes, Target
from netspec.shapes import Misfit, Shape

if TYPE_CHECKING:
    from torch import Tensor, nn


class CrossEntropy(Loss):
    """Minus the log of the softmax of the right class: torch.nn.CrossEntropyLoss.

    The network gives one number for each class, before any softmax.
    """

    takes: ClassVar = "one number for each class"
    activation: ClassVar = "softmax"
    examples: ClassVar = (Example("cross_entropy"), Example("cross_entropy(label_smoothing=0.1)"))

    label_smoothing: Annotated[
        float, Field(ge=0, lt=1, description="share of the target that is spread evenly over all classes")
    ] = 0.0

    def output(self, target: Target) -> Shape:
        if not isinstance(target, Classes):
            raise Misfit("`cross_entropy` is for classes, and the targets are numbers")
        return Shape.of(target.count)

    def build(self) -> nn.Module:
        from torch import nn

        return nn.CrossEntropyLoss(label_smoothing=self.label_smoothing)

    def decide(self, output: Tensor) -> Tensor:
        return output.argmax(1)

    def probabilities(self, output: Tensor) -> Tensor:
        return output.softmax(1)
