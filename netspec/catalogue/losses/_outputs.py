"""The outputs that losses take: a number for each class, a number against the target, or both of a pair."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.losses import Loss
from netspec.catalogue.types import Classes, Number, Target
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import Tensor


class OfClasses(Loss):
    """A loss of one number for each class, the largest of which is that of the class that is decided for."""

    def outputs(self, target: Target, output: Shape) -> dict[Shape, str]:
        return {Shape.of(count_classes(self, target)): "one number for each class"}

    def decide(self, output: Tensor) -> Tensor:
        return output.argmax(1)


class OfEach(Loss):
    """A loss of each output by itself: that of the target's class is to be large, the others small.

    Of two classes there may be one output, for the second class. `middle` is where it stands for both alike.
    """

    middle: ClassVar[float]

    def outputs(self, target: Target, output: Shape) -> dict[Shape, str]:
        count = count_classes(self, target)
        one = {Shape.of(1): "one number"} if count == 2 else {}
        return one | {Shape.of(count): "one number for each class"}

    def decide(self, output: Tensor) -> Tensor:
        if output.shape[1] == 1:
            return (output.squeeze(1) > self.middle).long()
        return output.argmax(1)


class OfLogits(OfEach):
    """A loss whose outputs stand for the probabilities that the sigmoid makes of them."""

    activation: ClassVar = "sigmoid"
    middle: ClassVar = 0.0

    def probabilities(self, output: Tensor) -> Tensor:
        from torch import cat
        from torch.nn.functional import logsigmoid

        if output.shape[1] == 1:
            return cat(((-output).sigmoid(), output.sigmoid()), dim=1)
        # what is left of each when they are made to sum to 1
        return logsigmoid(output).softmax(1)


class OfDifferences(OfEach):
    """A loss of the differences between outputs and targets, which are numbers, or 1 for the class and 0 for others."""

    middle: ClassVar = 0.5

    def outputs(self, target: Target, output: Shape) -> dict[Shape, str]:
        if isinstance(target, Number):
            return {Shape.of(1): "the number to predict"}
        return super().outputs(target, output)

    def predict(self, output: Tensor) -> Tensor:
        return output.squeeze(1)


def count_classes(loss: Loss, target: Target) -> int:
    if not isinstance(target, Classes):
        raise MisfitError(f"`{loss.name()}` is for classes, and the targets are numbers")
    return target.count


def require_two_classes(loss: Loss, target: Target) -> None:
    if not isinstance(target, Classes):
        raise MisfitError(f"`{loss.name()}` is for two classes, and the targets are numbers")
    if target.count != 2:
        raise MisfitError(f"`{loss.name()}` is for two classes, and the data has {target.count}")


def require_numbers(loss: Loss, target: Target) -> None:
    if isinstance(target, Classes):
        raise MisfitError(f"`{loss.name()}` is for numbers, and the targets are {target.count} classes")
