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

    examples: ClassVar = (Example("cross_entropy"), Example("cross_entropy(label_smoothing=0.1)"))

    label_smoothing: Annotated[
        float, Field(ge=0, lt=1, description="share of the target that is spread evenly over all classes")
    ] = 0.0

    def accept(self, output: Shape, target: Target) -> None:
        if not isinstance(target, Classes):
            raise Misfit("`cross_entropy` is for classes, and the targets are numbers", help="loss = mse")
        if output.rank != 1:
            raise Misfit(
                f"`cross_entropy` takes one number for each class, [{target.count}], and the network gives {output}",
                help="`flatten` before the last layer",
            )
        if output.size != target.count:
            raise Misfit(
                f"the network gives {output.size} output{'s' * (output.size != 1)} "
                f"and the data has {target.count} classes",
                argument="size",
                help="`binary_cross_entropy_with_logits` takes one output for two classes"
                if output.size == 1 and target.count == 2
                else None,
            )

    def build(self) -> nn.Module:
        from torch import nn

        return nn.CrossEntropyLoss(label_smoothing=self.label_smoothing)

    def decide(self, output: Tensor) -> Tensor:
        return output.argmax(1)
