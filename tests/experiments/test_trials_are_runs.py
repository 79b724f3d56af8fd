"""A study in its folder: each trial is an ordinary run, and its objectives are those of the run's own record."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from netspec import api
from netspec.checker import saved_program
from netspec.problems import NetspecError
from netspec.runner.store.checkpoint import load_weights
from tests.experiments.conftest import changed, value_of, values
from tests.runs import run_one


def record(folder: Path) -> Any:
    return json.loads((folder / "run.json").read_text())


def test_a_trial_ends_with_the_bits_of_a_run_with_its_params(spec: Path) -> None:
    study = api.search(spec, out="study", device="cpu")
    for trial in study.history.ranked()[:3]:
        overrides = {name: repr(value) for name, value in trial.params.items()}
        alone = run_one(api.check(spec, overrides), out=f"run-{trial.name}", device="cpu")
        expected, found = (
            load_weights(folder / "checkpoints" / "epoch-0003")
            for folder in (alone.folder, Path("study/trials") / trial.name)
        )
        assert all(expected[name].equal(found[name]) for name in expected)
        assert value_of(trial) == (alone.history[-1]["validation.accuracy"],)


def test_the_value_is_that_of_the_weights_that_the_run_ends_with(spec: Path) -> None:
    changed(
        spec, ("epochs = 3,", "epochs = 6, stop = early_stopping(patience=6 epochs),"), ("lr    = 1e-2", "lr    = 5e-2")
    )
    study = api.search(spec, out="study", device="cpu")
    for trial in study.history.trials:
        run = Path("study/trials") / trial.name
        found = record(run)
        rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
        ended = found["epochs"]["restored"] or found["epochs"]["trained"]
        assert value_of(trial) == (rows[ended - 1]["validation.accuracy"],) == (found["validation"]["accuracy"],)


def test_no_trial_looks_at_the_test_split(spec: Path) -> None:
    study = api.search(spec, out="study", device="cpu")
    assert all(record(study.folder / "trials" / trial.name)["test"] is None for trial in study.history.trials)


def test_a_trial_is_evaluated_reported_and_compared_as_any_run(spec: Path) -> None:
    study = api.search(spec, out="study", device="cpu")
    trial, other, *_ = study.history.ranked()
    folder = study.folder / "trials" / trial.name
    saved = api.evaluate(folder, "validation")
    assert saved is not None and (saved.evaluation.values["accuracy"],) == value_of(trial)
    assert api.report(folder).exists()
    api.compare([folder, study.folder / "trials" / other.name])
    program = saved_program(folder)
    assert program.search is None and not program.evaluate.test


def test_a_study_needs_nothing_outside_of_its_folder(spec: Path) -> None:
    base = spec.read_text().partition("search")
    Path("base.net").write_text(base[0])
    Path("own.net").write_text(f'extends "base.net"\nsearch{base[2]}')
    whole = api.search("own.net", out="whole", device="cpu")
    part = api.begin_search("own.net", out="part")
    Path("own.net").unlink()
    Path("base.net").unlink()
    shutil.move(part.path, "moved")
    assert values(api.resume_search("moved", device="cpu").history) == values(whole.history)


def test_a_param_from_outside_is_that_of_all_trials(spec: Path) -> None:
    changed(spec, ("epochs = 3", "epochs = long"), ("data {", "param long = 3\ndata {"))
    study = api.search(api.check(spec, {"long": "2"}), out="study", device="cpu", trials=2)
    assert [record(study.folder / "trials" / trial.name)["epochs"]["trained"] for trial in study.history.trials] == [
        2,
        2,
    ]
    assert values(api.resume_search("study", trials=3, device="cpu").history)[:2] == values(study.history)
    assert record(Path("study/trials/0003"))["epochs"]["trained"] == 2


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ("validation = 20%", "validation = kfold(3)", ["fold-1", "fold-2", "fold-3"]),
        ("epochs = 3", "epochs = 2, seeds = 2", ["seed-0", "seed-1"]),
    ],
)
def test_the_value_of_several_runs_is_their_mean(spec: Path, before: str, after: str, names: list[str]) -> None:
    changed(spec, (before, after))
    study = api.search(spec, out="study", device="cpu", trials=2)
    for trial in study.history.trials:
        runs = [study.folder / "trials" / trial.name / name for name in names]
        assert value_of(trial) == (fmean(record(run)["validation"]["accuracy"] for run in runs),)


def test_objectives_that_no_split_measures(spec: Path) -> None:
    costs = "maximize = validation.accuracy, minimize = [parameters, flops, latency]"
    changed(spec, ("maximize = validation.accuracy", costs), ("random(trials=4)", "random(trials=2)"))
    study = api.search(spec, out="study", device="cpu")
    for trial in study.history.trials:
        graph = saved_program(study.folder / "trials" / trial.name).graph
        _, parameters, flops, latency = value_of(trial)
        assert (parameters, flops) == (graph.parameter_count, graph.flops)
        assert 0 < latency < 0.1, "seconds for one sample of a small network"


def test_hopeless_trials_end_early(spec: Path) -> None:
    stopping = "method = random(trials=12)\n  stop = median(after=1 epochs, startup_trials=2)"
    changed(
        spec,
        ("method   = random(trials=4)", stopping),
        ("maximize = validation.accuracy", "minimize = validation.loss"),
    )
    study = api.search(spec, out="study", device="cpu")
    states = [trial.outcome.state for trial in study.history.trials if trial.outcome]
    assert 0 < states.count("stopped") < len(states) == 12
    for trial in study.history.trials:
        folder = study.folder / "trials" / trial.name
        assert trial.outcome is not None and (folder / "run.json").exists() is (trial.outcome.state == "complete")
        rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
        assert trial.outcome.course == {row["epoch"]: row["validation.loss"] for row in rows}


def test_a_setting_that_overflows_is_a_failed_trial_and_the_search_goes_on(spec: Path) -> None:
    changed(spec, ("log(1e-3, 1e-1)", "[1e-2, 1e30]"), ("random(trials=4)", "grid()"), ("adam", "sgd"))
    study = api.search(spec, out="study", device="cpu")
    failed = [trial for trial in study.history.trials if trial.outcome and trial.outcome.state == "failed"]
    assert {trial.params["lr"] for trial in failed} == {1e30} and len(failed) == 3
    assert all(trial.outcome and trial.outcome.failure and trial.outcome.failure.code == "NS601" for trial in failed)


def test_values_that_do_not_go_together_are_a_failed_trial(spec: Path) -> None:
    changed(spec, ("[4, 8, 16]", "[4, 8, 15]"), ("-> relu ->", "-> relu -> group_norm(num_groups=2) ->"))
    changed(spec, ("random(trials=4)", "grid()"), ("lr    = 1e-2 in log(1e-3, 1e-1)", "lr    = 1e-2"))
    study = api.search(spec, out="study", device="cpu")
    states = {trial.params["width"]: trial.outcome.state for trial in study.history.trials if trial.outcome}
    assert states == {4: "complete", 8: "complete", 15: "failed"}
    assert not Path("study/trials/0003").exists()


def test_what_is_wrong_with_all_trials_ends_the_search_and_loses_nothing(spec: Path) -> None:
    rows = ["x,y,kind", *(f"{n % 7},{n % 5},{'ab'[n % 2]}" for n in range(60))]
    Path("t.csv").write_text("\n".join(rows) + "\n")
    changed(spec, ("iris()", 'csv("t.csv", target="kind")'), ("linear(3)", "linear(2)"))
    study = api.begin_search(spec, out="study")
    Path("t.csv").rename("away.csv")
    with pytest.raises(NetspecError):
        api.run_search(study, device="cpu")
    Path("away.csv").rename("t.csv")
    history = api.resume_search("study", device="cpu").history
    assert len(values(history)) == 4
