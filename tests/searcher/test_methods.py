"""Search methods find a known optimum, and draw what Optuna's samplers draw on the same history."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median

import optuna
import pytest
from optuna.samplers import BaseSampler, CmaEsSampler, GPSampler, NSGAIISampler, RandomSampler, TPESampler

from netspec.catalogue.domain import Domain
from netspec.catalogue.entry import entries
from netspec.catalogue.search_methods import SearchMethod, seed_of
from netspec.catalogue.sections.search import Goal
from netspec.problems.base import NetspecError
from netspec.problems.studies import ObjectiveNotFinite
from netspec.searcher.history import History
from netspec.searcher.proposals import Plain, Proposals
from netspec.searcher.trials import Outcome
from tests.searcher.optima import OPTIMA, costs_found
from tests.searcher.toy import (
    MIXED,
    NUMBERS,
    TWO,
    Params,
    X,
    best,
    bowl,
    method,
    next_of,
    one,
    settings,
    simulated,
    studied,
    terms,
    two,
)
from tests.searcher.with_optuna import suggested

SAMPLERS: dict[str, Callable[[int], BaseSampler]] = {
    "random": lambda seed: RandomSampler(seed=seed),
    "tpe": lambda seed: TPESampler(seed=seed, multivariate=True, group=True, constant_liar=True),
    "gp": lambda seed: GPSampler(seed=seed, n_startup_trials=4),
    "cmaes": lambda seed: CmaEsSampler(seed=seed, warn_independent_sampling=False),
    "nsga2": lambda seed: NSGAIISampler(seed=seed, population_size=6),
}
METHODS = {
    "random": method("random", trials=1),
    "tpe": method("tpe", trials=1),
    "gp": method("gp", trials=1, startup_trials=4),
    "cmaes": method("cmaes", trials=1),
    "nsga2": method("nsga2", trials=1, population=6),
}


# ---- the known optimum ----


@pytest.mark.parametrize("name", [name for name in OPTIMA if name != "gp"])
def test_a_method_comes_near_the_known_optimum(name: str) -> None:
    """The campaign does it with ten seeds, and with a Gaussian process, which takes its time."""
    found = costs_found(name, range(2))
    assert min(found) < OPTIMA[name].tolerance, found


def test_methods_that_learn_are_better_than_chance_with_as_many_trials() -> None:
    middle: dict[str, float] = {}
    for name in ("random", "tpe"):
        runs = (terms(method(name, trials=40), NUMBERS, seed=seed) for seed in range(5))
        middle[name] = median(best(simulated(run, 40, one)) for run in runs)
    assert middle["tpe"] < middle["random"] / 2, middle


def test_two_objectives_give_a_front_of_trials_that_no_other_one_beats() -> None:
    searched = terms(method("nsga2", trials=120, population=20), {"x": X}, goals=TWO)
    costs = [bowl(trial.params) for trial in simulated(searched, 120, two).front()]
    # the one objective is best at a cost of 0, the other at 1: the front lies between these
    assert max(costs) <= 1.05 and min(costs) < 0.05 and len(costs) > 10


# ---- the draws of Optuna ----


@pytest.mark.parametrize("parallel", [1, 4])
@pytest.mark.parametrize("name", SAMPLERS)
def test_a_method_draws_what_the_sampler_of_optuna_draws_on_the_same_history(name: str, parallel: int) -> None:
    params = NUMBERS if name == "cmaes" else MIXED
    count = 8 if name == "gp" else 30
    found = simulated(terms(METHODS[name], params, seed=3, parallel=parallel), count, one)
    assert settings(found) == drawn_by_optuna(SAMPLERS[name], params, 3, count, parallel)


@pytest.mark.parametrize("name", ["random", "tpe", "nsga2"])
def test_with_two_objectives_too_it_draws_what_optuna_draws(name: str) -> None:
    found = simulated(terms(METHODS[name], MIXED, seed=5, goals=TWO), 25, two)
    assert settings(found) == drawn_by_optuna(SAMPLERS[name], MIXED, 5, 25, 1, objectives=2)


def test_to_maximize_is_to_minimize_the_negative() -> None:
    upwards = terms(METHODS["tpe"], MIXED, goals=(Goal("score", larger_is_better=True),))
    up = simulated(upwards, 25, lambda params: (-bowl(params),))
    down = simulated(terms(METHODS["tpe"], MIXED), 25, one)
    assert settings(up) == settings(down) and best(up) == -best(down)


def test_a_trial_that_failed_or_was_stopped_is_told_as_such() -> None:
    """As Optuna's own TPE takes them: not as bad values."""
    searched = terms(method("tpe", trials=1, startup_trials=3), MIXED, seed=2)
    history, proposals = History(searched, 20), Proposals(Plain(MIXED))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = optuna.create_study()
        for number in range(1, 21):
            study.sampler = TPESampler(seed=seed_of(2, number), n_startup_trials=3, multivariate=True, group=True)
            trial = study.ask()
            theirs = {name: suggested(trial, name, domain) for name, domain in MIXED.items()}
            assert next_of(proposals, history) == theirs
            history.take(history.proposed(theirs))
            cost = bowl(theirs)
            if number % 4 == 0:
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
                ended = Outcome.failed(NetspecError.of(ObjectiveNotFinite(None, "cost")))
            elif number % 4 == 1:
                trial.report(cost + 1, 1)
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
                ended = Outcome.stopped({1: cost + 1})
            else:
                study.tell(trial, cost)
                ended = Outcome.complete((cost,))
            history.take(history.ended(number, ended))


def drawn_by_optuna(
    make: Callable[[int], BaseSampler],
    params: dict[str, Domain],
    seed: int,
    count: int,
    parallel: int,
    objectives: int = 1,
) -> list[Params]:
    """What plain Optuna proposes with a sampler for each trial, in rounds."""
    found: list[Params] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = optuna.create_study(directions=[optuna.study.StudyDirection.MINIMIZE] * objectives)
        for first in range(1, count + 1, parallel):
            trials: list[optuna.Trial] = []
            for number in range(first, min(first + parallel, count + 1)):
                study.sampler = make(seed_of(seed, number))
                trials.append(study.ask())
                found.append({name: suggested(trials[-1], name, domain) for name, domain in params.items()})
            for trial in trials:
                cost = bowl(trial.params)
                study.tell(trial, [cost, abs(cost - 1)][:objectives])
    return found


def test_random_numbers_are_those_of_optuna_for_domains_of_all_kinds() -> None:
    domains = {
        "one": Domain((7,)), "two": Domain((True, False)), "many": Domain(tuple(range(50))),
        "point": Domain(low=3, high=3), "few": Domain(low=-1, high=1), "wide": Domain(low=-(10**6), high=10**9),
        "here": Domain(low=2.5, high=2.5, scale="uniform"), "thin": Domain(low=1, high=1 + 1e-12, scale="uniform"),
        "large": Domain(low=1e-30, high=1e30, scale="log"), "whole": Domain(low=1, high=8, scale="log"),
    }  # fmt: skip
    sampler = METHODS["random"].sampler(1, 11)
    study = optuna.create_study()
    for number in range(1, 200):
        sampler.begin(number)
        study.sampler = RandomSampler(seed=seed_of(11, number))
        trial = study.ask()
        expected = {name: suggested(trial, name, domain) for name, domain in domains.items()}
        assert {name: sampler.draw(name, domain) for name, domain in domains.items()} == expected
        study.tell(trial, 0.0)


# ---- what a method says of itself ----


@pytest.mark.parametrize("entry", entries(SearchMethod), ids=lambda entry: entry.name())
def test_what_a_method_does_not_take_optuna_would_draw_at_random_or_refuse(entry: type[SearchMethod]) -> None:
    assert (entry.name() == "cmaes") == (not entry.categories) == (not entry.several_objectives)
    assert entry.conditions == (entry.name() in ("grid", "random", "tpe"))
    assert entry.continuous == (entry.name() != "grid")
    assert entry.missing() == ()


def test_cmaes_with_one_param_would_be_a_search_at_random() -> None:
    one = {"x": MIXED["x"]}
    assert method("cmaes", trials=1).least_params == 2
    random = drawn_by_optuna(SAMPLERS["random"], one, 0, 20, 1)
    assert drawn_by_optuna(SAMPLERS["cmaes"], one, 0, 20, 1)[1:] != random[1:]


@pytest.mark.parametrize("name", ["grid", "random", "tpe", "cmaes", "nsga2"])
def test_no_method_but_the_gaussian_process_loads_torch(name: str) -> None:
    searched = "{}, FINITE" if name == "grid" else "{'trials': 5}, NUMBERS"
    code = f"""
import sys
from netspec.searcher.history import History
from netspec.searcher.proposals import Plain, Proposals
from tests.searcher.toy import FINITE, NUMBERS, method, next_of, terms
settings, params = {searched}
searched = terms(method({name!r}, **settings), params)
print(next_of(Proposals(Plain(params)), History(searched, 5)), "torch" in sys.modules, "optuna" in sys.modules)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split("} ")[1].split() == ["False", str(name not in ("grid", "random"))]


def test_optunas_own_log_and_warnings_are_left_as_they_were(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = optuna.logging.get_verbosity()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        studied(tmp_path, terms(METHODS["tpe"], MIXED), 3)
    assert (optuna.logging.get_verbosity(), capfd.readouterr()) == (before, ("", ""))


@pytest.mark.parametrize("name", ["random", "tpe", "cmaes", "nsga2"])
def test_a_proposal_is_the_same_whether_the_trials_before_were_proposed_here_or_read(name: str) -> None:
    searched = terms(METHODS[name], NUMBERS, parallel=3)
    history = simulated(searched, 18, one)
    before, here, later = History(searched, 18), Proposals(Plain(NUMBERS)), list[Params | None]()
    for trial in history.trials:
        assert next_of(here, before) == trial.params
        before.take(before.proposed(trial.params))
        if trial.number % 3 == 0:
            for each in before.open():
                before.take(before.ended(each.number, history.trials[each.number - 1].outcome or Outcome()))
            later.append(next_of(Proposals(Plain(NUMBERS)), before))
            assert later[-1] == next_of(Proposals(Plain(NUMBERS)), before)
    assert later[:-1] == settings(history)[3::3]
