"""What can go wrong when a trained network is tried on a page."""

from __future__ import annotations

from typing import ClassVar

from netspec.diagnostics import Diagnostic
from netspec.problems.base import Problem


class NoDemo(Problem):
    """There is no page to try the network of a run: its samples are of a kind that the page has no form for.

    The page takes images, as files or as drawings, and rows of a table of at most 500 columns. Token sequences, arrays
    with several dimensions and samples with several inputs have no form. `netspec predict` and `netspec eval` work
    without the page.
    """

    code: ClassVar = "NS724"
    exit_code: ClassVar = 2

    path: str
    reason: str

    def diagnose(self) -> Diagnostic:
        return self.report(f"there is no page for the run in `{self.path}`: {self.reason}")


class PortTaken(Problem):
    """The port that `--port` names can't be used.

    Another program listens on it, or the system reserves it, as it does with ports below 1024. Without `--port` any
    free port is used.
    """

    code: ClassVar = "NS725"
    exit_code: ClassVar = 2

    port: int
    reason: str

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"port {self.port} can't be used: {self.reason}",
            help="use another one, or leave `--port` out for any free one",
        )
