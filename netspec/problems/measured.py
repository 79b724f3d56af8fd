"""What the data itself makes likely a mistake: how its values were taken, and how large they are."""

from __future__ import annotations

from typing import ClassVar

from netspec.diagnostics import Diagnostic, Severity
from netspec.problems.base import Problem


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
