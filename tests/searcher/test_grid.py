"""A grid tries every setting once, in the order in which they are written."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import optuna
from optuna.samplers import GridSampler

from tests.searcher.toy import (
    FINITE,
    KIND,
    bowl,
    method,
    one,
    settings,
    simulated,
    studied,
    terms,
)
from tests.searcher.with_optuna import suggested


def test_a_grid_tries_the_settings_in_their_order_and_the_last_param_changes_fastest() -> None:
    found = settings(simulated(terms(method("grid"), FINITE), 9, one))
    assert [tuple(params.values()) for params in found] == list(product((1, 2, 3), ("relu", "tanh", "gelu")))


def test_the_settings_of_a_grid_are_those_of_optuna() -> None:
    study = optuna.create_study(sampler=GridSampler({"width": [1, 2, 3], "kind": list(KIND.choices)}, seed=0))
    study.optimize(lambda trial: bowl({name: suggested(trial, name, domain) for name, domain in FINITE.items()}))
    theirs = sorted(sorted(trial.params.items()) for trial in study.trials)
    mine = simulated(terms(method("grid"), FINITE), 9, one)
    assert sorted(sorted(params.items()) for params in settings(mine)) == theirs


def test_a_grid_ends_with_its_last_setting_however_many_trials_there_were_to_be(tmp_path: Path) -> None:
    study = studied(tmp_path, terms(method("grid"), FINITE), 1000)
    assert (len(study.history.trials), study.history.total) == (9, 9)
