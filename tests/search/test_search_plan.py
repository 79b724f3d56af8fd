"""The plan of a search: how many trainings of which length, what ends them early, and whether it is reproducible."""

from __future__ import annotations

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from netspec.catalogue.search_methods import SearchMethod
from netspec.problems import NetspecError
from netspec.program.plan import make_plan
from netspec.program.search_plan import SearchPlan, ensure_installed
from netspec.render.plan import plan_as_json, render_plan
from tests.specs import check

PARAMS = """\
param width = 8 in [8, 16]
param deep  = false in [false, true]
param more  = 16 in [16, 32, 64]
param lr    = 1e-3 in log(1e-4, 1e-1)
"""
MODEL = "model { linear(width)\n if deep { linear(more) }\n linear(3) }\n"
TRAIN = "train { optimizer = adam(lr=lr), epochs = 4, stop = early_stopping(patience=2 epochs) }\n"
SEARCH = """\
search {
  method   = random(trials=40)
  maximize = validation.accuracy
  stop     = median(after=2 epochs)
  confirm  = top(3, seeds=5)
}
"""


def spec(search: str = SEARCH, data: str = "validation = 20%", params: str = PARAMS, train: str = TRAIN) -> str:
    return f"{params}data {{ source = iris(), {data} }}\n{MODEL}{train}{search}"


def plan_of(text: str) -> SearchPlan:
    plan = make_plan(check(text).require()).search
    assert plan is not None
    return plan


def shown(text: str) -> str:
    console = Console(file=StringIO(), width=160)
    with console.capture() as captured:
        console.print(render_plan(check(text).require()))
    lines = [line.rstrip() for line in captured.get().splitlines()]
    return "\n".join(lines[lines.index("search") :]).partition("\n\n")[0]


def test_it_counts_trials_epochs_and_what_confirms_them() -> None:
    plan = plan_of(spec())
    assert (plan.trials, plan.runs, plan.epochs, plan.confirming) == (40, 1, 4, 15)
    assert plan.epochs_in_all == 40 * 4 + 15 * 4


def test_folds_and_seeds_are_runs_of_each_trial_and_folds_of_each_confirmation() -> None:
    plan = plan_of(spec(data="validation = kfold(3)", train=TRAIN.replace("{", "{ seeds = 2,")))
    assert (plan.runs, plan.confirming) == (6, 3 * 5 * 3)
    assert plan.epochs_in_all == (40 * 6 + 45) * 4


def test_it_counts_settings_without_the_params_that_some_do_not_have() -> None:
    finite = PARAMS.replace("log(1e-4, 1e-1)", "[1e-3, 1e-2]")
    plan = plan_of(spec(SEARCH.replace("random(trials=40)", "grid"), params=finite))
    assert (plan.settings, plan.trials) == (2 * (1 + 3) * 2, 16)
    assert plan_of(spec()).settings is None
    assert [param.name for param in plan.params if not param.always] == ["more"]


def test_it_is_shown_with_what_stops_runs_and_what_stops_trials() -> None:
    assert shown(spec()) == (
        "search\n"
        "method        random(trials=40)\n"
        "objective     maximize validation.accuracy\n"
        "params        width  8, 16 (8 without a search)\n"
        "              deep   false, true (false without a search)\n"
        "              more   16, 32, 64 (16 without a search), in settings that take its branch\n"
        "              lr     numbers on a log scale from 0.0001 to 0.1 (0.001 without a search)\n"
        "trials        40, each of up to 4 epochs; 220 epochs in all\n"
        "stops runs    stop = early_stopping(patience=2 epochs)\n"
        "stops trials  median(after=2 epochs)\n"
        "confirms      top(3): 15 runs with other seeds; then the best one is evaluated once on the test split\n"
        "rounds        of 1 trial\n"
        "disk          about 20 MiB at most\n"
        "reproducible  to the same bits with `seed = 0`, for any number of workers and interruptions"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("maximize = validation.accuracy", "minimize = latency", "`latency` is a measured time"),
        ("epochs = 4,", "epochs = 4, max_time = 5 minutes,", "`max_time` in `train` ends runs by the clock"),
    ],
)
def test_it_says_what_is_not_reproducible(old: str, new: str, said: str) -> None:
    text = spec(SEARCH.replace("  stop     = median(after=2 epochs)\n", "")).replace(old, new)
    assert f"reproducible  no: {said}" in shown(text)


def test_it_is_in_the_json_form_of_the_plan() -> None:
    plan = json.loads(json.dumps(plan_as_json(check(spec()).require())))["search"]
    assert plan["params"][3] == {
        "name": "lr",
        "domain": {"low": 1e-4, "high": 1e-1, "scale": "log"},
        "default": "0.001",
        "always": True,
    }
    assert plan_as_json(check(spec(search="")).require())["search"] is None


def packages(cls: type[SearchMethod]) -> tuple[str, ...]:
    return cls.packages


def test_a_package_that_is_missing_is_no_mistake_in_the_spec_but_refused_before_the_first_trial(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(SearchMethod, "missing", classmethod(packages))
    program = check(spec(SEARCH.replace("random", "tpe"))).require()
    assert 'optuna, which is not installed: pip install "netspec-lang[tune]"' in shown(
        spec(SEARCH.replace("random", "tpe"))
    )
    assert program.search is not None
    with pytest.raises(NetspecError, match="`tune` isn't installed"):
        ensure_installed(program.search)
    random = check(spec()).require().search
    assert random is not None
    ensure_installed(random)


def test_a_spec_without_a_search_is_checked_without_what_searches_take(tmp_path: Path) -> None:
    path = tmp_path / "spec.net"
    path.write_text(spec(search=""))
    code = (
        "import sys, netspec; from netspec.program.plan import make_plan; make_plan(netspec.check(sys.argv[1])); "
        "print(*(name for name in sys.modules if name.startswith('netspec')))"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    found = {name for name in ran.stdout.split() if "search" in name or "space" in name or "confirm" in name}
    kinds = {f"netspec.catalogue.{name}" for name in ("confirmations", "search_methods", "search_stops")}
    light = {
        "netspec.api.search",
        "netspec.catalogue.sections.search",
        "netspec.program.searched",
        "netspec.program.space",
    }
    assert found == kinds | light
