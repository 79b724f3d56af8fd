"""What a search will do, in figures, before its first trial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netspec.catalogue.sections.search import LATENCY, Search
from netspec.immutable import immutable
from netspec.problems.base import NetspecError
from netspec.problems.running import ExtraMissing
from netspec.program.parts import parts_of
from netspec.program.program import Program
from netspec.program.searched import Space
from netspec.program.space import confirming_program
from netspec.program.written import written

STATES = 3
"""Numbers in a checkpoint for each of a network: the weight, and two that most optimizers keep for it."""
KEPT = 3
"""How many of the best trials keep their weights at least."""
RECORDS, ROW = 2**18, 2**11
"""The bytes of a run's records beside its checkpoints, with its part of the page of the study, and of what they say of
an epoch, at most."""


@immutable
class ParamRow:
    """A param that is searched: its domain as JSON data, its value without a search, and whether every setting has
    it."""

    name: str
    domain: Mapping[str, Any]
    default: str
    always: bool


@immutable
class SearchPlan:
    """How many trainings of which length a search is, and what ends them early.

    `settings` is how many there are, None for more than can be counted. There are `runs` in a trial, of folds and
    seeds, each of up to `epochs`, so that all are up to `epochs_in_all`; and `confirming` runs after them. `disk` is
    the number of bytes that all need at most. `exceptions` are reasons why another study of the same seed may find
    something else, `missing` are packages that have to be installed first.
    """

    method: str
    goals: tuple[str, ...]
    params: tuple[ParamRow, ...]
    settings: int | None
    trials: int | None
    runs: int
    epochs: int
    epochs_in_all: int | None
    stops_runs: tuple[str, ...]
    stops_trials: str | None
    confirms: str | None
    confirming: int
    parallel: int
    seed: int
    disk: int | None
    exceptions: tuple[str, ...]
    missing: tuple[str, ...]
    extra: str


def ensure_installed(search: Search) -> None:
    """Refuse a search whose method needs packages that aren't there; none is imported for it. Raises NetspecError."""
    if search.method.missing():
        raise NetspecError.of(ExtraMissing(None, search.method.extra))


def make_search_plan(program: Program, search: Search, space: Space) -> SearchPlan:
    """The plan of the search over a space that a spec declares."""
    train = program.train
    trials, runs = search.method.planned(space.size), len(parts_of(program)) or 1
    confirming = 0
    if search.confirm is not None:
        confirming = search.confirm.trials * len(parts_of(confirming_program(program, search)))
    in_all = None if trials is None else trials * runs + confirming
    return SearchPlan(
        method=written(search.method),
        goals=tuple(map(str, search.goals)),
        params=tuple(ParamRow(one.name, one.domain.to_json(), one.default, one.always) for one in space),
        settings=space.size,
        trials=trials,
        runs=runs,
        epochs=train.epochs,
        epochs_in_all=None if in_all is None else in_all * train.epochs,
        stops_runs=tuple(
            f"{key} = {written(value)}"
            for key, value in (("stop", train.stop), ("max_time", train.max_time))
            if value is not None
        ),
        stops_trials=written(search.stop) if search.stop is not None else None,
        confirms=written(search.confirm) if search.confirm is not None else None,
        confirming=confirming,
        parallel=search.parallel,
        seed=search.seed,
        disk=None if trials is None else _disk(program, search, trials * runs, runs, confirming),
        exceptions=tuple(_exceptions(program, search)),
        missing=search.method.missing(),
        extra=search.method.extra,
    )


def kept_trials(search: Search) -> int:
    """How many of the best trials keep their weights at least: those that are to be confirmed are among them."""
    return max(KEPT, search.confirm.trials if search.confirm is not None else 0)


def _disk(program: Program, search: Search, runs: int, of_trial: int, confirming: int) -> int:
    """How many bytes so many runs, so many of them of each trial, and those that confirm the best need at most. Of the
    other settings' networks it is a guess, which their params may change.

    All have their records. Checkpoints have the best trials, those that run now, and the runs that confirm; with
    several objectives all trials may be among the best.
    """
    train = program.train
    weighty = runs if len(search.goals) > 1 else min(runs, (kept_trials(search) + search.parallel) * of_trial)
    state = ROW * train.epochs
    numbers = STATES + train.optimizer.of_past_steps + (train.average is not None)
    # the newest ones, the best one, and the one that is being written
    checkpoints = (train.checkpoint.kept() + 2) * (numbers * program.graph.weight_bytes + RECORDS // 4 + state)
    return (runs + confirming) * (RECORDS + 3 * state) + (weighty + confirming) * checkpoints


def _exceptions(program: Program, search: Search) -> Iterator[str]:
    """Why the same study may end otherwise the next time."""
    if any(goal.name == LATENCY for goal in search.goals):
        yield "`latency` is a measured time"
    if program.train.max_time is not None:
        yield "`max_time` in `train` ends runs by the clock"
