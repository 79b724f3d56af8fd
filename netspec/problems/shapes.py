"""What can be wrong with shapes, and with how the network, the loss and the data fit together."""

from __future__ import annotations

from typing import ClassVar

from netspec.diagnostics import Diagnostic, Label
from netspec.problems.base import Example, Problem
from netspec.wording import either


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
    notes: tuple[str, ...] = ()
    joins: bool = False

    def diagnose(self) -> Diagnostic:
        return self.report(self.reason, mark=self.mark, labels=self.labels, notes=self.notes, help=self.help)


class OutputMismatch(Problem):
    """What the network gives, what the loss takes and what the data holds don't fit together.

    `cross_entropy` takes one number for each class, `mse` the number to predict. Of two classes some losses take one
    number too, which stands for the second class: `binary_cross_entropy_with_logits` above 0, `mse` above 0.5.
    """

    code: ClassVar = "NS302"
    example: ClassVar = Example("model { flatten -> linear(7) }", "model { flatten -> linear(10) }")

    reason: str
    mark: str = ""
    labels: tuple[Label, ...] = ()
    help: str | None = None

    def diagnose(self) -> Diagnostic:
        return self.report(self.reason, mark=self.mark, labels=self.labels, help=self.help)


class MissingActivation(Problem):
    """The loss takes numbers that another last layer gives.

    `binary_cross_entropy` takes probabilities, which `sigmoid` gives, and `nll` their logarithms, which `log_softmax`
    gives. `binary_cross_entropy_with_logits` and `cross_entropy` do both at once.
    """

    code: ClassVar = "NS311"
    example: ClassVar = Example(
        "model { flatten -> linear(10) }\ntrain { loss = nll }",
        "model { flatten -> linear(10) -> log_softmax }\ntrain { loss = nll }",
    )

    loss: str
    after: tuple[str, ...]
    last: str
    labels: tuple[Label, ...] = ()
    help: str | None = None

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"`{self.loss}` takes what `{self.after[0]}` gives, but the network ends with `{self.last}`",
            labels=self.labels,
            help=self.help or f"end the network with {either([f'`{name}`' for name in self.after])}",
        )


class EmptyNetwork(Problem):
    """A network needs at least one operation."""

    code: ClassVar = "NS303"
    example: ClassVar = Example("model { }", "model { flatten -> linear(10) }")

    def diagnose(self) -> Diagnostic:
        return self.report("the network is empty")


class TooLarge(Problem):
    """A value or a learned tensor has more numbers than any machine can hold: above 2^40, 4 TiB of float32.

    Most often a size has some zeros too many, or an image is flattened before it was made smaller.
    """

    code: ClassVar = "NS305"
    example: ClassVar = Example(
        "model { flatten -> linear(2_147_483_647) -> relu -> linear(10) }",
        "model { flatten -> linear(2000) -> relu -> linear(10) }",
    )

    operation: str
    shape: str
    numbers: str

    def diagnose(self) -> Diagnostic:
        return self.report(f"`{self.operation}` of {self.shape} takes {self.numbers} numbers, more than can be held")


class NothingToLearn(Problem):
    """The network has no learned numbers, so there is nothing to train."""

    code: ClassVar = "NS304"
    example: ClassVar = Example("model { flatten -> relu }", "model { flatten -> linear(10) }")

    def diagnose(self) -> Diagnostic:
        return self.report(
            "the network has no parameters: there is nothing to train", help="a `linear` or `conv` learns"
        )


class SharedMismatch(Problem):
    """Weights that are used again have their sizes from what came in the first time.

    `reuse(name)` applies an operation, a scope or a block again with the same weights, so the same sizes must come in.
    """

    code: ClassVar = "NS306"
    example: ClassVar = Example(
        "model { flatten -> fc: linear(32) -> relu -> reuse(fc) -> relu -> linear(10) }",
        "model { flatten -> linear(32) -> relu -> fc: linear(32) -> relu -> reuse(fc) -> relu -> linear(10) }",
    )

    path: str
    incoming: str
    labels: tuple[Label, ...] = ()

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"the weights of `{self.path}` don't fit {self.incoming}", mark="used again", labels=self.labels
        )


class NoteMismatch(Problem):
    """A shape that is noted behind a line isn't the shape that comes out of it.

    Shapes are without the batch; `_` stands for a size that isn't noted. `netspec fmt --shapes` writes the notes.
    """

    code: ClassVar = "NS307"
    example: ClassVar = Example(
        "model { conv(8, 5) : [8, 28, 28]\n flatten -> linear(10) }",
        "model { conv(8, 5) : [8, 24, 24]\n flatten -> linear(10) }",
    )

    noted: str
    found: str
    labels: tuple[Label, ...] = ()

    def diagnose(self) -> Diagnostic:
        # which of the two is meant isn't known: a note is there to be held against what comes out
        message, help = f"{self.noted} is noted, but {self.found} comes out", f"write `{self.found}`, or mend the line"
        return self.report(message, mark="noted", labels=self.labels, help=help)


class NoInput(Problem):
    """No value, or more than one, comes in where an operation takes one.

    A line that begins with an operation takes the value of the line above. In a model with several inputs the first
    line begins with one of their names, and so does a line below one that gives several values.
    """

    code: ClassVar = "NS308"
    example: ClassVar = Example(
        "model { flatten\n chunk(2)\n linear(10) }", "model { flatten\n a, b = chunk(2)\n a + b -> linear(10) }"
    )

    message: str
    help: str | None = None
    labels: tuple[Label, ...] = ()

    def diagnose(self) -> Diagnostic:
        return self.report(self.message, labels=self.labels, help=self.help)


class TooMuch(Problem):
    """Blocks and loops unroll to more than a network may have, so that a few lines can't fill the memory.

    The limits are 50 000 operations and 48 levels of blocks and scopes within one another.
    """

    code: ClassVar = "NS309"
    example: ClassVar = Example(
        "model { flatten\n repeat 1_000_000 { tanh }\n linear(10) }",
        "model { flatten\n repeat 3 { tanh }\n linear(10) }",
    )

    message: str
    labels: tuple[Label, ...] = ()

    def diagnose(self) -> Diagnostic:
        return self.report(self.message, labels=self.labels)


class InputMismatch(Problem):
    """The network takes other inputs than the data has.

    `model(left, right) { … }` names the fields of the data; a model of one input needs no names.
    """

    code: ClassVar = "NS310"
    example: ClassVar = Example(
        "model(left, right) { left + right -> flatten -> linear(10) }", "model { flatten -> linear(10) }"
    )

    declared: tuple[str, ...]
    fields: tuple[str, ...]
    right: str
    labels: tuple[Label, ...] = ()

    def diagnose(self) -> Diagnostic:
        declared = f"the inputs {', '.join(self.declared)}" if self.declared else "one input"
        has = f"the fields {', '.join(self.fields)}" if len(self.fields) > 1 else "one"
        message = f"the model takes {declared}, but the data has {has}"
        return self.report(message, labels=self.labels, help=f"write `{self.right}`")
