"""Budget of a network: a limit on what it unrolls to, so that a short file can't fill the memory or take all day."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from netspec.diagnostics import Label
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.shapes import TooMuch
from netspec.source import Span

STEPS = 50_000
LEVELS = 48


class OverBudget(Exception):  # noqa: N818 - it ends a pass, and is never seen outside
    """The limit is reached, and it is among the problems."""


class Budget:
    """Counts statements, operations and turns of loops, and how deeply bodies lie within one another."""

    def __init__(self, problems: Problems, body: tree.Body | None = None) -> None:
        self.problems = problems
        self.body = body
        self.left = STEPS
        self.level = 0

    def spend(self, span: Span) -> None:
        self.left -= 1
        if self.left < 0 and self.body is not None:
            # what is written out may be as long as a file may be; what is unrolled has a limit of its own
            self.left += 4 * sum(1 for _ in tree.walk(self.body))
            self.body = None
        if self.left < 0:
            self.problems.add(TooMuch(span, f"the network unrolls to more than {STEPS:_} operations"))
            raise OverBudget

    @contextmanager
    def deeper(self, span: Span, labels: tuple[Label, ...] = ()) -> Generator[None]:
        if self.level == LEVELS:
            message = f"bodies lie within one another more than {LEVELS} deep; does a block call itself?"
            self.problems.add(TooMuch(span, message, labels))
            raise OverBudget
        self.level += 1
        try:
            yield
        finally:
            self.level -= 1
