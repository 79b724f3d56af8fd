"""Losses: the value that training minimizes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Entry
from netspec.catalogue.targets import Target
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.teachers import Teacher
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor, nn


class Loss(Entry):
    """What is made small, and how the network's output is read because of it."""

    kind: ClassVar[str] = "loss"
    activation: ClassVar[str | None] = None
    """The layer that it does itself, so that the network doesn't end with one."""
    common: ClassVar[int | None] = None
    """Its rank among the losses that are offered where another one would do."""
    after: ClassVar[tuple[str, ...]] = ()
    """The layers of which one is to end the network, the usual one first; none where any numbers will do."""
    penalty: ClassVar[str | None] = None
    """The penalty on weights that its name is taken for."""
    of: ClassVar[type[Target]] = Classes
    """The targets that it is for, where those of a file may be either."""

    middle: ClassVar[float] = 0.0
    """Where the one output for two classes stands for both alike."""

    scalable: ClassVar[bool] = True
    """Whether it takes targets that were scaled, which may be below 0."""

    def outputs(self, target: Target, output: Shape) -> dict[Shape, str]:
        """The outputs that it takes for such targets, of one sample, each in words, and the usual one first.

        A size that is free is that of the network's `output`. Raises MisfitError where it is for other targets.
        """
        raise NotImplementedError

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        """The torch module: of the output [N, …] and the targets [N] the mean over the N samples, a scalar.

        Targets are int64 classes or float32 numbers, as the data has them. `classes` are the classes in their order,
        each with its number of training samples; there are none where the targets are numbers.
        """
        raise NotImplementedError

    def decide(self, output: Tensor, target: Target) -> Tensor:
        """The decisions [N, …] that outputs [N, …] stand for: classes, int64, or numbers, as the targets are."""
        return target.decide(output, self.middle)

    @property
    def measured(self) -> str | None:
        """The argument that is measured on the training split; None if there is none."""
        return None

    @property
    def decides(self) -> bool:
        """Whether it reads decisions off outputs in a way of its own, and not as targets do."""
        return type(self).decide is not Loss.decide

    def named_classes(self) -> Mapping[str, str]:
        """The classes that it names, by the paths of their names from the loss: `weight[0].of`."""
        return {}

    def probabilities(self, output: Tensor) -> Tensor | None:
        """The probability of each class, [N, classes], of outputs [N, …]; None if they stand for none."""
        return None

    def python_decision(self, target: Target, output: Shape) -> str | None:
        """`decide` as an expression of `output`, batches of that shape; None if a script has no code for it."""
        return target.python_decision(output, self.middle)

    def python_probabilities(self, output: Shape) -> str | None:
        """`probabilities` as an expression of `output`, batches of that shape; None if a script has no code for it."""
        return None


class TaughtLoss(Loss):
    """A loss against what a teacher gives for the same samples, and not against their targets.

    Evaluations leave it out: validation and test compare with the targets, by the other losses of the sum.
    """

    teacher: Annotated[Teacher, Field(description="the network to learn from")]

    @property
    def student_value(self) -> str | None:
        """The name of the network's value that is compared; None is its output."""
        return None

    @property
    def teacher_value(self) -> str | None:
        """The name of the teacher's value that it is compared with; None is its output."""
        return None

    def fits(self, target: Target, taught: Target) -> None:
        """Raises MisfitError where such targets can't be learned from a teacher that was trained for the `taught`."""

    def against(self) -> nn.Module:
        """The torch module: of the network's value and the teacher's, both [N, …], the mean over the N samples, a
        scalar."""
        raise NotImplementedError
