"""What can be wrong with shapes, and with how the network, the loss and the data fit together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from netspec.diagnostics import Diagnostic, Fix, Label, Severity
from netspec.problems.base import Example, Problem


@dataclass(frozen=True)
class ShapeMismatch(Problem):
    """An operation doesn't fit the value that comes in.

    Shapes are written without the batch: an image is `[channels, height, width]`, a vector `[features]`. They are
    proven before anything is loaded. `netspec plan` shows the shape behind each operation.
    """

    code: ClassVar = "NS301"
    example: ClassVar = Example(
        "model { conv(8, 29) -> flatten -> linear(10) }", "model { conv(8, 5) -> flatten -> linear(10) }"
    )

    reason: str
    mark: str = ""
    labels: tuple[Label, ...] = ()
    help: str | None = None

    def diagnose(self) -> Diagnostic:
        return self.report(self.reason, mark=self.mark, labels=self.labels, help=self.help)


@dataclass(frozen=True)
class OutputMismatch(Problem):
    """What the network gives, what the loss takes and what the data holds don't fit together.

    `cross_entropy` takes one number for each class, `binary_cross_entropy_with_logits` one number in all.
    """

    code: ClassVar = "NS302"
    example: ClassVar = Example("model { flatten -> linear(7) }", "model { flatten -> linear(10) }")

    reason: str
    mark: str = ""
    labels: tuple[Label, ...] = ()
    help: str | None = None
    fix: Fix | None = None

    def diagnose(self) -> Diagnostic:
        return self.report(
            self.reason, mark=self.mark, labels=self.labels, help=None if self.fix else self.help, fix=self.fix
        )


@dataclass(frozen=True)
class EmptyNetwork(Problem):
    """A network needs at least one operation."""

    code: ClassVar = "NS303"
    example: ClassVar = Example("model { }", "model { flatten -> linear(10) }")

    def diagnose(self) -> Diagnostic:
        return self.report("the network is empty")


@dataclass(frozen=True)
class TooLarge(Problem):
    """A value or a learned tensor has more numbers than any machine can hold: above 2^40, 4 TiB of float32.

    Most often a size has some zeros too many, or an image is flattened before it was made smaller.
    """

    code: ClassVar = "NS305"
    example: ClassVar = Example(
        "model { flatten -> linear(2_147_483_647) -> linear(10) }", "model { flatten -> linear(2000) -> linear(10) }"
    )

    operation: str
    shape: str
    numbers: str

    def diagnose(self) -> Diagnostic:
        return self.report(f"`{self.operation}` of {self.shape} takes {self.numbers} numbers, more than can be held")


@dataclass(frozen=True)
class NothingToLearn(Problem):
    """The network has no learned numbers, so there is nothing to train."""

    code: ClassVar = "NS304"
    example: ClassVar = Example("model { flatten -> relu }", "model { flatten -> linear(10) }")

    def diagnose(self) -> Diagnostic:
        return self.report(
            "the network has no parameters: there is nothing to train", help="a `linear` or `conv` learns"
        )


@dataclass(frozen=True)
class DoubleActivation(Problem):
    """The loss does already what the last layer does.

    `cross_entropy` takes the softmax itself, `binary_cross_entropy_with_logits` the sigmoid. With a second one before
    it the gradients are small, and the network learns slowly or not at all. Leave the last one out of the network.
    """

    code: ClassVar = "NS401"
    severity: ClassVar = Severity.WARNING
    example: ClassVar = Example(
        "model { flatten -> linear(10) -> softmax }\ntrain { loss = cross_entropy }",
        "model { flatten -> linear(10) }\ntrain { loss = cross_entropy }",
    )

    activation: str
    loss: str
    labels: tuple[Label, ...] = ()

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"`{self.loss}` takes the {self.activation} itself, and the network ends with one",
            mark="a second time",
            labels=self.labels,
            help=f"leave out the last `{self.activation}`",
        )
