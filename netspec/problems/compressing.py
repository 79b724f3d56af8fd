"""What can go wrong in the stages of `compress`."""

from __future__ import annotations

from typing import ClassVar

from netspec.diagnostics import Diagnostic
from netspec.problems.base import Problem


class NotCompressed(Problem):
    """A stage of `compress` can't be carried out, and the run ends before it.

    Everything before that stage is saved. Other stages can be tried on the same run, without training it again:
    `netspec compress RUN --stages "quantize(int8)"`.
    """

    code: ClassVar = "NS721"
    exit_code: ClassVar = 7

    stage: str
    reason: str
    help: str | None = None

    def diagnose(self) -> Diagnostic:
        return self.report(f"`{self.stage}` can't be carried out: {self.reason}", help=self.help)
