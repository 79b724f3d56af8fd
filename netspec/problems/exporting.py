"""What can go wrong when a trained network is exported."""

from __future__ import annotations

from typing import ClassVar

from netspec.diagnostics import Diagnostic
from netspec.problems.base import Problem


class NotExported(Problem):
    """A network isn't exported to a file, and none is left.

    The format lacks something that the network does, or the file was written, loaded again and compared with the
    network on all samples of the test split, and decided differently on too many of them. `agreement` in `export` is
    the percentage of samples on which both have to decide the same, by default 99.9%. A run that ends with such an
    export is saved with all of its results, and `netspec export` tries again, with other settings if they are given.
    """

    code: ClassVar = "NS720"
    exit_code: ClassVar = 7

    path: str
    reason: str
    help: str | None = None

    def diagnose(self) -> Diagnostic:
        return self.report(f"`{self.path}` isn't exported: {self.reason}", help=self.help)
