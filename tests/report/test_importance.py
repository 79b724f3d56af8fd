"""How important params are: on functions whose variance is known, and as Optuna finds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import log10
from typing import Any

import numpy as np
import pytest
from sklearn.tree import DecisionTreeRegressor

from netspec.catalogue.domain import Domain
from netspec.report.importance import LEAST, LEAVES, MOST, Importance, _leaves, importances
from netspec.searcher.history import History
from netspec.searcher.trials import Outcome
from tests.searcher.toy import COST, TWO, method, terms

UNIT = Domain(low=0, high=1, scale="uniform")
Function = Callable[[Mapping[str, Any]], float]


def drawn(domain: Domain, chance: np.random.Generator) -> Any:
    if domain.size is not None:
        return domain[int(chance.integers(domain.size))]
    low, high = (log10(end) if domain.scale == "log" else end for end in (domain.low, domain.high))
    value = float(chance.uniform(low, high))
    return 10**value if domain.scale == "log" else value


def tried(params: Mapping[str, Domain], function: Function, trials: int, seed: int = 0) -> History:
    """A study of settings that are drawn at random. A param `x2` belongs to the settings with `kind` b alone."""
    found = terms(method("random", trials=trials), params, goals=COST)
    history, chance = History(found, trials), np.random.default_rng(seed)
    for number in range(1, trials + 1):
        setting = {name: drawn(domain, chance) for name, domain in params.items()}
        if setting.get("kind") == "a":
            setting.pop("x2", None)
        history.take(history.proposed(setting))
        if history.trials[-1].same_as is None:
            history.take(history.ended(number, Outcome.complete((function(setting),))))
    return history


def by_name(found: list[Importance]) -> dict[str, Importance]:
    return {one.name: one for one in found}


def test_shares_are_those_of_a_sum_whose_variances_are_known() -> None:
    """Of 2 x + y the variance is 4 : 1, and `z` has none."""
    history = tried(dict.fromkeys("xyz", UNIT), lambda s: 2 * s["x"] + s["y"], 200)
    found = importances(history)
    assert [one.name for one in found] == ["x", "y", "z"]
    assert [one.share for one in found] == pytest.approx([0.8, 0.2, 0.0], abs=0.07)
    assert [one.is_shown for one in found] == [True, True, False]
    for one, true in zip(found, (0.8, 0.2, 0.0), strict=True):
        assert one.low - 0.05 <= true <= one.high + 0.05
        assert one.trials == 200


def test_what_params_do_only_together_belongs_to_none_of_them() -> None:
    history = tried(dict.fromkeys("xy", UNIT), lambda s: (s["x"] - 0.5) * (s["y"] - 0.5), 200)
    assert sum(one.share for one in importances(history)) < 0.25


def test_a_learning_rate_counts_by_its_logarithm_and_a_category_by_its_values() -> None:
    params = {
        "lr": Domain(low=1e-5, high=1e-1, scale="log"),
        "kind": Domain(("relu", "tanh", "gelu")),
        "width": Domain(low=1, high=9),
    }
    effect = {"relu": 0.0, "tanh": 1.0, "gelu": 0.0}
    history = tried(params, lambda s: (log10(s["lr"]) + 3) ** 2 / 4 + effect[s["kind"]], 200)
    found = by_name(importances(history))
    lr, kind = 4 / 45, 2 / 9  # the variances of u² for u from -1 to 1, and of a value of three that is 1
    assert found["lr"].share == pytest.approx(lr / (lr + kind), abs=0.08)
    assert found["kind"].share == pytest.approx(kind / (lr + kind), abs=0.08)
    assert not found["width"].is_shown


def test_few_trials_make_wide_intervals_and_too_few_say_nothing() -> None:
    def width(trials: int) -> float:
        history = tried(dict.fromkeys("xy", UNIT), lambda s: s["x"] + s["y"], trials)
        one = by_name(importances(history))["x"]
        return one.high - one.low

    assert width(15) > 1.5 * width(200)
    assert importances(tried({"x": UNIT}, lambda s: s["x"], LEAST - 1)) == []


def test_noise_is_hardly_ever_taken_for_importance() -> None:
    noise = np.random.default_rng(1)
    shown = [
        one.is_shown
        for seed in range(12)
        for one in importances(tried(dict.fromkeys("xy", UNIT), lambda _: float(noise.normal()), 20, seed))
    ]
    assert len(shown) == 24 and sum(shown) <= 4


def test_a_param_that_some_trials_lack_is_looked_at_among_those_that_have_it() -> None:
    params = {"kind": Domain(("a", "b")), "x1": UNIT, "x2": UNIT}
    history = tried(params, lambda s: s.get("x2", 5) + 0.1 * s["x1"], 120)
    found = by_name(importances(history))
    having = sum("x2" in trial.params for trial in history.trials)
    assert (found["x2"].trials, found["kind"].trials) == (having, 120)
    assert found["x2"].share > 0.9 and found["kind"].share > 0.9


def test_it_is_the_same_each_time() -> None:
    history = tried(dict.fromkeys("xy", UNIT), lambda s: s["x"], 40)
    assert importances(history) == importances(history)


def test_values_that_are_all_equal_have_no_importances() -> None:
    assert importances(tried({"x": UNIT}, lambda _: 1.0, 30)) == []


def test_each_objective_has_its_own() -> None:
    found = terms(method("random", trials=40), dict.fromkeys("xy", UNIT), goals=TWO)
    history, chance = History(found, 40), np.random.default_rng(0)
    for number in range(1, 41):
        setting = {name: float(chance.random()) for name in "xy"}
        history.take(history.proposed(setting))
        history.take(history.ended(number, Outcome.complete((setting["x"], setting["y"]))))
    assert [importances(history, index)[0].name for index in (0, 1)] == ["x", "y"]


def test_of_many_trials_some_are_looked_at() -> None:
    history = tried({"x": UNIT}, lambda s: s["x"], 2 * MOST)
    assert [one.trials for one in importances(history)] == [MOST]


def test_the_trees_are_those_of_scikit_learn() -> None:
    """Of trials that are too few, several params may split the last two of them equally well."""
    chance = np.random.default_rng(0)
    for count in (100, 150, 300):
        settings = chance.random((count, 3)).astype(np.float32).astype(float)
        values = settings[:, 0] + chance.normal(size=count)
        tree = DecisionTreeRegressor(min_samples_leaf=1 + count // LEAVES, random_state=0).fit(settings, values)
        places = chance.random((200, 3)).astype(np.float32)
        predicted = np.full(200, np.nan)
        for low, high, mean in _leaves(settings, values):
            predicted[((places > low) & (places <= high)).all(axis=1)] = mean
        assert predicted == pytest.approx(tree.predict(places))


@pytest.mark.parametrize("name", ["PedAnovaImportanceEvaluator", "FanovaImportanceEvaluator"])
def test_params_have_the_order_that_optuna_finds(name: str) -> None:
    optuna = pytest.importorskip("optuna")
    params = dict.fromkeys("wxyz", UNIT)
    history = tried(params, lambda s: 8 * (s["w"] - 0.3) ** 2 + 2 * (s["x"] - 0.7) ** 2 + 0.2 * s["y"], 150)
    study = optuna.create_study()
    distributions = {each: optuna.distributions.FloatDistribution(0, 1) for each in params}
    for trial in history.trials:
        assert trial.outcome is not None and trial.outcome.values is not None
        study.add_trial(
            optuna.create_trial(params=trial.params, distributions=distributions, value=trial.outcome.values[0])
        )
    settings = {"seed": 0} if name.startswith("Fanova") else {}
    theirs = getattr(optuna.importance, name)(**settings).evaluate(study)
    own = importances(history)
    assert [one.name for one in own][:2] == list(theirs)[:2] == ["w", "x"]
    if name.startswith("Fanova"):
        total = sum(one.share for one in own)
        assert {one.name: one.share / total for one in own} == pytest.approx(theirs, abs=0.05)
