"""Trials: a setting of the params that is tried, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from math import isfinite, nan
from typing import Any, Literal

from netspec.catalogue.entry import as_list, as_text
from netspec.catalogue.search_methods import Result
from netspec.catalogue.search_stops import Course
from netspec.catalogue.sections.search import Goal
from netspec.catalogue.values import MOST_EPOCHS
from netspec.files import finite_or_none
from netspec.formats.strict_json import as_number
from netspec.immutable import immutable
from netspec.problems.base import NetspecError
from netspec.problems.studies import ObjectiveNotFinite

MESSAGE_LIMIT = 10_000
"""How many characters of a failure's message are kept."""


@immutable
class Failure:
    """Why a trial failed: the code and the message of a diagnostic."""

    code: str
    message: str


@immutable
class Outcome:
    """What became of a trial.

    `values` are those of the objectives, if it went to its end. `course` is the value of the one objective after each
    epoch, the first being 1, nan where it was no number; nothing if there are several objectives. `failure` is why
    there are no values; without it and without values the trial was stopped after the last epoch of its course.
    """

    values: tuple[float, ...] | None = None
    course: Mapping[int, float] = field(default_factory=dict[int, float])
    failure: Failure | None = None

    @classmethod
    def complete(cls, values: tuple[float, ...], course: Mapping[int, float] | None = None) -> Outcome:
        """The outcome of a trial that went to its end. All values have to be finite numbers."""
        assert all(map(isfinite, values)), "a trial whose objective is no number has failed"
        return cls(values, course or {})

    @classmethod
    def stopped(cls, course: Mapping[int, float]) -> Outcome:
        """The outcome of a trial that was stopped after the last epoch of its course."""
        if not course:
            raise ValueError("a trial is stopped after an epoch")
        return cls(None, course)

    @classmethod
    def failed(cls, error: NetspecError) -> Outcome:
        """The outcome of a trial that ended with an error."""
        found = next((item for item in error.diagnostics if item.is_error), error.diagnostics[0])
        return cls(failure=Failure(found.code, found.message[:MESSAGE_LIMIT]))

    @classmethod
    def of(cls, goals: tuple[Goal, ...], values: Sequence[float], course: Mapping[int, float]) -> Outcome:
        """The outcome of a trial that went to its end with these values; it failed if one is no finite number."""
        for goal, value in zip(goals, values, strict=True):
            if not isfinite(value):
                return cls.failed(NetspecError.of(ObjectiveNotFinite(None, goal.name)))
        return cls.complete(tuple(values), course)

    @property
    def state(self) -> Literal["complete", "stopped", "failed"]:
        if self.failure is not None:
            return "failed"
        return "stopped" if self.values is None else "complete"

    def costs(self, goals: tuple[Goal, ...]) -> Result:
        """What a search method is told: values such that smaller is better."""
        values = self.values and tuple(goal.cost(value) for goal, value in zip(goals, self.values, strict=True))
        return Result(values, costs_of(goals, self.course))

    # ---- as JSON ----

    def to_json(self) -> dict[str, Any]:
        """The outcome as JSON data."""
        course = {"course": [[epoch, finite_or_none(value)] for epoch, value in self.course.items()]}
        if self.failure is not None:
            return {"failed": [self.failure.code, self.failure.message]}
        return course if self.values is None else {"values": list(self.values), **course}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], goals: int) -> Outcome:
        """The outcome again, of so many objectives. Raises ValueError, TypeError or KeyError for other data."""
        if "failed" in data:
            code, message = map(as_text, as_list(data["failed"]))
            return cls(failure=Failure(code, message))
        course: dict[int, float] = {}
        for epoch, value in as_list(data["course"]):
            if type(epoch) is not int or not max(course, default=0) < epoch <= MOST_EPOCHS:
                raise ValueError("no epoch")
            course[epoch] = nan if value is None else as_number(value)
        if "values" not in data:
            return cls.stopped(course)
        values = tuple(map(as_number, as_list(data["values"])))
        if len(values) != goals:
            raise ValueError("values of other objectives")
        return cls(values, course)


@immutable
class Trial:
    """A trial of a study, the first being number 1.

    `drawn` are the values of its params in the order in which they were drawn, `unread` those of them that its program
    doesn't read after all. `same_as` is
    the number of the trial that tried them before: then it has no run of its own. `outcome` is None as long as it isn't
    known; a trial whose run was interrupted is as if it hadn't begun.
    """

    number: int
    drawn: Mapping[str, Any]
    unread: tuple[str, ...] = ()
    same_as: int | None = None
    outcome: Outcome | None = None

    @property
    def params(self) -> dict[str, Any]:
        """The values of the params that its program reads."""
        return {name: value for name, value in self.drawn.items() if name not in self.unread}

    @property
    def name(self) -> str:
        """The name of its folder: `0007`."""
        return f"{self.number:04}"

    def value(self, objective: int = 0) -> float | None:
        """An objective, if the trial went to its end."""
        values = self.outcome.values if self.outcome is not None else None
        return None if values is None else values[objective]

    def last(self, objective: int = 0) -> float | None:
        """An objective; of a trial that was stopped what it had come to, if that is a finite number."""
        course = self.outcome.course if self.outcome is not None else {}
        if (value := self.value(objective)) is not None or not course:
            return value
        return course[max(course)] if isfinite(course[max(course)]) else None

    def course(self, goals: tuple[Goal, ...]) -> Course:
        """How it went, as it is compared with other trials."""
        outcome = self.outcome or Outcome()
        return Course(self.number, costs_of(goals, outcome.course), outcome.values is not None)


def costs_of(goals: tuple[Goal, ...], course: Mapping[int, float]) -> dict[int, float]:
    """The values of the first objective by epoch, such that smaller is better."""
    return {epoch: goals[0].cost(value) if isfinite(value) else nan for epoch, value in course.items()}
