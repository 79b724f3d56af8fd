"""The outputs that losses take: a number for each class, a number against the target, or both of a pair."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.losses import Loss
from netspec.catalogue.targets import Target
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.targets.number import Number
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import Tensor


class OfClasses(Loss):
    """A loss of one number for each class, the largest of which is that of the class that is decided for."""

    def outputs(self, target: Target, output: Shape) -> dict[Shape, str]:
        return {Shape.of(count_classes(self, target)): "one number for each class"}


class OfEach(Loss):
    """A loss of each output by itself: that of the target's class is to be large, the others small.

    Of two classes there may be one output, for the second class.
    """

    def outputs(self, target: Target, output: Shape) -> dict[Shape, str]:
        count = count_classes(self, target)
        one = {Shape.of(1): "one number"} if count == 2 else {}
        return one | {Shape.of(count): "one number for each class"}


class OfLogits(OfEach):
    """A loss whose outputs stand for the probabilities that the sigmoid makes of them."""

    activation: ClassVar = "sigmoid"

    def probabilities(self, output: Tensor) -> Tensor:
        from torch import cat
        from torch.nn.functional import logsigmoid

        if output.shape[1] == 1:
            return cat(((-output).sigmoid(), output.sigmoid()), dim=1)
        # what is left of each when they are made to sum to 1
        return logsigmoid(output).softmax(1)

    def python_probabilities(self, output: Shape) -> str:
        if output.dims == (1,):
            return "torch.cat([(-output.double()).sigmoid(), output.double().sigmoid()], dim=1)"
        return "F.logsigmoid(output.double()).softmax(1)"


class OfDifferences(OfEach):
    """A loss of the differences between outputs and targets, which are numbers, or 1 for the class and 0 for others."""

    of: ClassVar = Number
    middle: ClassVar = 0.5

    def outputs(self, target: Target, output: Shape) -> dict[Shape, str]:
        if target.is_a(Number):
            return {Shape.of(1): "the number to predict"}
        return super().outputs(target, output)


def count_classes(loss: Loss, target: Target) -> int:
    return Classes.required(target, loss).count


def require_two_classes(loss: Loss, target: Target) -> None:
    if (count := Classes.required(target, loss, "two classes").count) != 2:
        raise MisfitError(f"`{loss.name()}` is for two classes, and the data has {count}")


def require_numbers(loss: Loss, target: Target) -> None:
    Number.required(target, loss)
