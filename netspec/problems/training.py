"""What is likely a mistake in training, though it can be run: each is a warning that a spec may silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from netspec.diagnostics import Diagnostic, Label, Severity
from netspec.problems.base import Example, Problem


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


@dataclass(frozen=True)
class DeadOperation(Problem):
    """Nothing takes what the operation gives, so it is computed for nothing.

    A line that begins with a name leaves the value of the line above behind.
    """

    code: ClassVar = "NS402"
    severity: ClassVar = Severity.WARNING
    example: ClassVar = Example(
        "model { hidden = flatten -> linear(32)\n relu\n hidden -> linear(10) }",
        "model { hidden = flatten -> linear(32)\n hidden -> relu -> linear(10) }",
    )

    operation: str

    def diagnose(self) -> Diagnostic:
        return self.report(f"nothing takes what `{self.operation}` gives", mark="computed for nothing")
