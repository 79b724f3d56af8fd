"""The problem: a typed value that turns into one diagnostic and owns its explanation page."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, ClassVar, Self, dataclass_transform

from netspec.diagnostics import Diagnostic, Severity, in_source_order
from netspec.immutable import immutable
from netspec.source import Source, Span


@immutable
class Example:
    """A spec that has the problem and the same spec put right; None where it takes more than a spec to show it."""

    wrong: str
    right: str


@dataclass_transform(frozen_default=True)
class LazyDataclass:
    """What derives from it is a frozen dataclass, made one when there is a first object of it.

    To make all problems dataclasses whenever netspec starts, of which it needs none for most specs, took a tenth of the
    time of a check.
    """

    def __new__(cls, *_args: Any, **_settings: Any) -> Self:
        for each in reversed(cls.__mro__):
            if issubclass(each, LazyDataclass) and "__dataclass_fields__" not in vars(each):
                dataclass(frozen=True)(each)
        return super().__new__(cls)


class Problem(LazyDataclass):
    """Something wrong. The class docstring is the page that `netspec explain CODE` prints.

    A subclass says how it looks to the user in `diagnose`, through `self.report`.
    """

    code: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR
    exit_code: ClassVar[int] = 1
    example: ClassVar[Example | None] = None

    span: Span | None

    def diagnose(self) -> Diagnostic:
        raise NotImplementedError

    def report(self, message: str, **details: Any) -> Diagnostic:
        """A diagnostic with this problem's code, place and severity; `details` are its other fields."""
        return Diagnostic(self.code, message, self.span, self.severity, exit_code=self.exit_code, **details)

    @classmethod
    def explanation(cls) -> str:
        return inspect.cleandoc(cls.__doc__ or "")

    @classmethod
    def title(cls) -> str:
        return cls.explanation().partition("\n")[0]


LEAST = len(Severity)
"""The rank where there is no problem."""


class Problems:
    """The problems a check has found so far, at most one for a place: what follows from a mistake isn't another."""

    limit = 100

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._ranks: dict[Span, int] = {}
        """The rank of the gravest problem at each place."""
        self._silenced: list[Span] = []
        self.reports = 0
        """How often one was reported, those that follow from another one counted too."""

    def add(self, problem: Problem) -> None:
        self.reports += 1
        if not self.full and not self._follows(problem):
            self._found.append(problem)
            if problem.span is not None:
                self._ranks[problem.span] = min(problem.severity.rank, self._ranks.get(problem.span, LEAST))

    def silence(self, span: Span) -> None:
        """Take no more problems from there: what was found already spoils the rest."""
        self._silenced.append(span)

    def _follows(self, problem: Problem) -> bool:
        span = problem.span
        if span is None:
            return False
        # an error isn't silenced by a warning at its place
        same = self._ranks.get(span, LEAST) <= problem.severity.rank
        return same or any(area.contains(span) for area in self._silenced)

    def follows(self, span: Span) -> bool:
        """Whether an error is known there already, so that another one isn't worth the search for its reasons; counted
        as one that was reported."""
        known = self.full or self._ranks.get(span) == Severity.ERROR.rank
        self.reports += known
        return known

    def extend(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.add(problem)

    def replace(self, problem: Problem, better: Problem) -> None:
        """Say more of a problem that was found."""
        self._found[self._found.index(problem)] = better

    @property
    def full(self) -> bool:
        return len(self._found) >= self.limit

    @property
    def fatal(self) -> bool:
        """Whether an error is among them."""
        return any(problem.severity is Severity.ERROR for problem in self._found)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def diagnose(self, main: Source | None = None) -> tuple[Diagnostic, ...]:
        """The diagnostics in source order, those in the file `main` before those in other files."""
        return in_source_order((problem.diagnose() for problem in self._found), main)


class NetspecError(Exception):
    """What netspec raises for a mistake of the user's; `diagnostics` says it all, in source order."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        errors = [diagnostic for diagnostic in self.diagnostics if diagnostic.is_error]
        super().__init__("\n".join(f"{d.span or '-'}: [{d.code}] {d.message}" for d in errors or self.diagnostics))

    @classmethod
    def of(cls, problem: Problem) -> NetspecError:
        return cls([problem.diagnose()])

    @property
    def exit_code(self) -> int:
        """What a command ends with: the gravest kind of mistake among them."""
        return max((diagnostic.exit_code for diagnostic in self.diagnostics if diagnostic.is_error), default=1)


@cache
def all_problems() -> dict[str, type[Problem]]:
    """Every problem by its code, in the order of the codes."""
    import netspec.problems as package

    found: dict[str, type[Problem]] = {}
    for module in pkgutil.iter_modules(package.__path__):
        contents = vars(import_module(f"{package.__name__}.{module.name}")).values()
        for item in contents:
            if not (isinstance(item, type) and issubclass(item, Problem) and hasattr(item, "code")):
                continue
            if found.setdefault(item.code, item) is not item:
                raise TypeError(f"{item.code} is the code of {found[item.code].__name__} and {item.__name__}")
    return dict(sorted(found.items()))


def find_problem(code: str) -> type[Problem] | None:
    return all_problems().get(code.upper())
