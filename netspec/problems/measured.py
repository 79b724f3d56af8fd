"""What the data itself makes likely a mistake: how its values were taken, and how large they are."""

from __future__ import annotations

from typing import ClassVar

from netspec.diagnostics import Diagnostic, Severity
from netspec.problems.base import Problem
from netspec.wording import listing


class AmbiguousInput(Problem):
    """An array was taken as images, but could be sequences as well.

    Samples of two dimensions are images, [height, width], or sequences, such as [channels, time] of a sensor. A
    convolution then has two spatial dimensions, or one: the network trains either way, and only one is meant. Pixels
    are mostly uint8, so that other types of numbers leave it open. `layout=hw` or `layout=sequence` says it.
    """

    code: ClassVar = "NS520"
    severity: ClassVar = Severity.WARNING

    reason: str

    def diagnose(self) -> Diagnostic:
        return self.report(self.reason, help="use `layout=hw` for images, or `layout=sequence` for sequences")


class Unscaled(Problem):
    """What the problems of large values share: they make numbers overflow."""

    severity: ClassVar = Severity.WARNING


class LargeTargets(Unscaled):
    """The numbers to predict are far larger than what an untrained network outputs.

    A network starts with outputs around 0, and each step of an optimizer moves them a little: it may take all epochs to
    come near to targets such as prices, and a squared error of them may overflow. `data { target_transform =
    standardize }` scales the targets for the loss; metrics, reports and predictions stay in their units.
    """

    code: ClassVar = "NS521"

    mean: float
    std: float

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"the targets have a mean of {self.mean:.3g} and a standard deviation of {self.std:.3g}, "
            "but the outputs of an untrained network are around 0",
            help="use `target_transform = standardize` in `data`",
        )


class LargeInputs(Unscaled):
    """Columns of a table have large values when the network takes them.

    The weights of a layer are initialized for inputs of about 1. Much larger ones drown the other columns, make the
    loss large, and let training diverge. `data { transform = standardize }` brings each column to mean 0 and variance
    1.
    """

    code: ClassVar = "NS522"

    columns: tuple[str, ...]
    largest: float

    def diagnose(self) -> Diagnostic:
        names = listing([f"`{name}`" for name in self.columns])
        those = f"the column {names} has" if len(self.columns) == 1 else f"the columns {names} have"
        return self.report(
            f"{those} values of up to {self.largest:.2g} (root mean square) as the network takes them",
            help="use `transform = standardize` in `data`",
        )


class SmallInputs(Problem):
    """Columns of a table are far smaller than others when the network takes them.

    The weights of a layer are initialized for columns of one scale. A column that is ten thousand times smaller than
    another one changes the outputs as much less, and training would have to make its weights as much larger: it is as
    good as absent. Values are compared by their root mean square, zeros aside. `data { transform = standardize }`
    brings each column to mean 0 and variance 1.
    """

    code: ClassVar = "NS523"
    severity: ClassVar = Severity.WARNING

    columns: tuple[str, ...]
    smallest: float
    largest: float

    def diagnose(self) -> Diagnostic:
        names = listing([f"`{name}`" for name in self.columns])
        those = f"the column {names} has" if len(self.columns) == 1 else f"the columns {names} have"
        return self.report(
            f"{those} values of down to {self.smallest:.2g} as the network takes them, and other columns of up to "
            f"{self.largest:.2g} (root mean square)",
            help="use `transform = standardize` in `data`",
        )
