"""A study as a state machine: rounds, repeats, failures, totals, and hopeless trials."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from netspec.catalogue.domain import Domain
from netspec.catalogue.sections.search import Goal
from netspec.catalogue.values import Quantity
from netspec.problems.base import NetspecError
from netspec.problems.studies import ObjectiveNotFinite
from netspec.searcher.history import read_history
from netspec.searcher.study import Study, Task, Wait
from netspec.searcher.trials import Failure, Outcome
from netspec.searcher.worker import work
from tests.searcher.toy import (
    FINITE,
    NUMBERS,
    TWO,
    begun,
    bowl,
    complete,
    method,
    never,
    settings,
    stop,
    stoppable,
    studied,
    terms,
)

TPE = method("tpe", trials=20, startup_trials=4)
RANDOM = method("random", trials=20)


def taken(study: Study) -> Task:
    task = study.take()
    assert isinstance(task, Task)
    return task


def codes(error: pytest.ExceptionInfo[NetspecError]) -> list[str]:
    return [item.code for item in error.value.diagnostics]


# ---- rounds and workers ----


@pytest.mark.parametrize("searched", [TPE, method("nsga2", trials=20, population=5), method("cmaes", trials=20)])
def test_a_study_is_the_same_for_any_number_of_workers_and_any_order_in_which_they_end(
    tmp_path: Path, searched: Any
) -> None:
    found = terms(searched, NUMBERS, parallel=4)
    alone = studied(tmp_path / "alone", found, 20)
    workers = [begun(tmp_path / "many", found, 20) for _ in range(4)]
    for round in range(5):
        # some of a round may repeat others, and have no run
        tasks = [(worker, task) for worker in workers if isinstance(task := worker.take(), Task)]
        assert all(isinstance(worker.take(), Wait) for worker in workers)
        for worker, task in [*tasks[round % 2 :], *tasks[: round % 2]][:: 1 if round % 2 else -1]:
            worker.end(task, complete(task))
    assert workers[2].take() is None
    assert settings(workers[0].refresh()) == settings(alone.history)
    assert workers[0].refresh().trials == alone.history.trials


def test_a_round_begins_when_all_of_the_one_before_have_ended(tmp_path: Path) -> None:
    study = begun(tmp_path, terms(RANDOM, parallel=3), 20)
    first, second, third = taken(study), taken(study), taken(study)
    assert [task.trial.number for task in (first, second, third)] == [1, 2, 3]
    study.end(second, complete(second))
    study.end(third, complete(third))
    assert isinstance(study.take(), Wait)
    study.end(first, complete(first))
    assert taken(study).trial.number == 4


def test_a_trial_that_was_given_back_without_an_outcome_is_taken_by_who_asks_next(tmp_path: Path) -> None:
    found = terms(RANDOM, parallel=2)
    one, other = begun(tmp_path, found, 20), begun(tmp_path, found, 20)
    with taken(one) as lost:
        assert lost.trial.number == 1
    again = taken(other)
    assert (again.trial, again.folder) == (lost.trial, lost.folder)
    assert taken(one).trial.number == 2


def test_an_error_of_a_run_leaves_the_trial_lost_and_not_failed(tmp_path: Path) -> None:
    def broken(task: Task) -> Outcome:
        raise KeyboardInterrupt if task.trial.number == 3 else AssertionError

    study = begun(tmp_path, terms(RANDOM), 5)
    with pytest.raises(AssertionError):
        work(study, broken, wait=never)
    assert [trial.number for trial in study.history.open()] == [1]
    work(study, complete, wait=never)
    assert [trial.outcome and trial.outcome.state for trial in study.history.trials] == ["complete"] * 5


# ---- no setting twice, failures, totals ----


def test_a_setting_is_tried_once_and_repeats_count_as_trials(tmp_path: Path) -> None:
    runs: list[int] = []

    def counted(task: Task) -> Outcome:
        runs.append(task.trial.number)
        return complete(task)

    study = studied(tmp_path, terms(RANDOM, FINITE), 40, counted)
    assert len(study.history.trials) == 40 and len(runs) == 9
    for trial in study.history.trials:
        if trial.same_as is not None:
            assert study.history.trials[trial.same_as - 1].params == trial.params
            assert study.history.outcome(trial.number) == study.history.outcome(trial.same_as)
    assert [trial.number for trial in study.history.ranked()] == sorted(
        runs, key=lambda number: (bowl(study.history.trials[number - 1].params), number)
    )


def test_a_repeat_within_a_round_waits_for_the_trial_that_it_repeats(tmp_path: Path) -> None:
    found = terms(RANDOM, {"kind": Domain(("relu",))}, parallel=2)
    study = begun(tmp_path, found, 4)
    task = taken(study)
    assert isinstance(study.take(), Wait)
    assert [trial.same_as for trial in study.history.trials] == [None, 1]
    study.end(task, complete(task))
    assert study.take() is None
    assert [trial.same_as for trial in study.history.trials] == [None, 1, 1, 1]


def test_values_of_different_types_are_different_settings(tmp_path: Path) -> None:
    study = studied(
        tmp_path, terms(method("grid"), {"x": Domain((1, True, 1.0, "1", Quantity(1, "epochs")))}), 5,
        lambda _: Outcome.complete((1.0,)),
    )  # fmt: skip
    assert [trial.same_as for trial in study.history.trials] == [None] * 5
    again = read_history(tmp_path)
    assert [(type(trial.params["x"]), trial.params) for trial in again.trials] == [
        (type(trial.params["x"]), trial.params) for trial in study.history.trials
    ]


def test_a_trial_that_failed_is_counted_and_not_the_best(tmp_path: Path) -> None:
    def some_fail(task: Task) -> Outcome:
        value = float("nan") if task.trial.number % 2 else bowl(task.trial.params)
        return Outcome.of(task.terms.goals, (value,), {})

    study = studied(tmp_path, terms(TPE), 12, some_fail)
    failures = [trial.outcome.failure for trial in study.history.trials if trial.outcome and trial.outcome.failure]
    assert len(failures) == 6 and len(study.history.ranked()) == 6
    expected = NetspecError.of(ObjectiveNotFinite(None, "cost")).diagnostics[0]
    assert set(failures) == {Failure(expected.code, expected.message)}


def test_the_number_of_trials_is_a_total_over_all_resumes(tmp_path: Path) -> None:
    found = terms(TPE, parallel=4)
    studied(tmp_path / "some", found, 10)
    some = begun(tmp_path / "some", found, 99)
    assert some.take() is None, "a study that was begun keeps its number"
    some.set_total(18)
    work(some, complete, wait=never)
    once = studied(tmp_path / "once", found, 18)
    assert some.history.trials == once.history.trials
    with pytest.raises(NetspecError, match="3 trials in all can't be had, as the study has 18 already"):
        some.set_total(3)
    with pytest.raises(NetspecError, match="a study has 1 to 100000 trials, not 100001"):
        some.set_total(100_001)
    assert some.take() is None and len(some.history.trials) == some.history.total == 18


# ---- stops ----


@pytest.mark.parametrize("rule", [stop("median", startup_trials=3), stop("halving"), stop("hyperband", factor=2)])
def test_hopeless_trials_are_stopped_whether_the_objective_is_to_be_small_or_large(tmp_path: Path, rule: Any) -> None:
    found: list[list[str]] = []
    for maximize in (False, True):
        goals = (Goal("score", maximize),)
        study = studied(tmp_path / str(maximize), terms(TPE, stop=rule, epochs=8, goals=goals), 20, stoppable)
        found.append([trial.outcome.state for trial in study.history.trials if trial.outcome])
    assert found[0] == found[1]
    assert 3 <= found[0].count("stopped") < 20 and found[0][0] == "complete"


def test_trials_of_the_same_round_are_not_compared(tmp_path: Path) -> None:
    found = terms(RANDOM, stop=stop("median", startup_trials=1), epochs=4, parallel=2)
    study = begun(tmp_path, found, 8)
    numbers = {}
    for _ in range(8):
        with taken(study) as task:
            numbers[task.trial.number] = [other.number for other in task.others]
            study.end(task, complete(task))
    assert numbers == {1: [], 2: [], 3: [1, 2], 4: [1, 2], 5: [1, 2, 3, 4], 6: [1, 2, 3, 4]} | {
        7: [1, 2, 3, 4, 5, 6],
        8: [1, 2, 3, 4, 5, 6],
    }


# ---- what is asked of a history ----


def test_a_confirmation_is_written_down_with_a_value_for_each_seed(tmp_path: Path) -> None:
    study = studied(tmp_path, terms(TPE), 5)
    study.confirm(3, [[0.5], None, [0.25]])
    assert read_history(tmp_path).confirmed[3].values == ((0.5,), None, (0.25,))


def test_the_front_has_the_trials_that_no_other_one_beats(tmp_path: Path) -> None:
    values = [(3.0, 1.0), (1.0, 3.0), (2.0, 2.0), (2.0, 2.5), (3.0, 3.0), (1.0, 3.0)]
    study = studied(tmp_path, terms(RANDOM, goals=TWO), 6, lambda task: Outcome.complete(values[task.trial.number - 1]))
    assert [trial.number for trial in study.history.front()] == [1, 2, 3, 6]
    assert [trial.number for trial in study.history.ranked()] == [2, 6, 3, 1, 4, 5]
