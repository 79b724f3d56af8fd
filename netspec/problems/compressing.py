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


class OtherStages(Problem):
    """In the folder other stages were begun or carried out than those that are asked for.

    Stages that were interrupted go on with the same stages; others have a folder of their own, `--out DIR`, and leave
    those that are there as they are.
    """

    code: ClassVar = "NS722"
    exit_code: ClassVar = 5

    path: str
    begun: str

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"`{self.path}` has other stages: {self.begun}",
            help="`--out DIR` writes to another folder; the same stages go on where they were",
        )


class NoStages(Problem):
    """It isn't said what to do with the network of a run: its spec has no section `compress`.

    `netspec compress RUN --stages "prune(50%) -> finetune(2 epochs)"` says it.
    """

    code: ClassVar = "NS723"
    exit_code: ClassVar = 2

    path: str

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"the spec of the run in `{self.path}` has no section `compress`",
            help='`--stages "prune(50%) -> finetune(2 epochs) -> quantize(int8)"` says what to do',
        )
