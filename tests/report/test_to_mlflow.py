"""MLflow reads a run back with its settings and every epoch once, and hears of it on this machine alone."""

from __future__ import annotations

import json
import socket
import warnings
from dataclasses import replace
from importlib.util import find_spec
from math import isnan, nan
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from netspec import api
from netspec.problems import NetspecError
from netspec.report.to_mlflow import STORE, MLflow, _mlflow
from netspec.runner.events import Event, Halted, Resumed, RolledBack, RunResult, Started
from netspec.runner.uses.saved_run import SavedRun
from netspec.saved.moment import Moment
from tests.report.test_to_tensorboard import ended, history

pytestmark = pytest.mark.skipif(find_spec("mlflow") is None or find_spec("alembic") is None, reason="an extra")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run's folder, in the current one; whoever connects to anything fails."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("the network was asked"))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    (tmp_path / "run").mkdir()
    return tmp_path / "run" / "mlflow"


@pytest.fixture
def started(result, told) -> Started:
    first = told(result)[0]
    assert isinstance(first, Started)
    return first


def tell(log: MLflow, *events: Event) -> None:
    for event in events:
        log(event)


def client() -> Any:
    return _mlflow().MlflowClient(tracking_uri=f"sqlite:///{Path(STORE).resolve()}")


def runs() -> list[Any]:
    """What MLflow shows of the spec."""
    with warnings.catch_warnings(action="ignore"):
        (experiment,) = (one for one in client().search_experiments() if one.name == "mnist_fc")
        return client().search_runs([experiment.experiment_id])


def epochs(name: str = "train/loss") -> list[tuple[int, float]]:
    (run,) = runs()
    with warnings.catch_warnings(action="ignore"):
        return [(one.step, one.value) for one in client().get_metric_history(run.info.run_id, name)]


def test_settings_epochs_and_the_test_split(result, told, folder: Path) -> None:
    tell(MLflow(folder), *told(result))
    (run,) = runs()
    assert run.info.status == "FINISHED"
    assert run.data.params["train.optimizer.lr"] == "0.001"
    assert run.data.tags["netspec.hash"] == result.program.hash
    for name in ("train.loss", "validation.accuracy", "train.seconds"):
        assert epochs(name.replace(".", "/")) == [(row["epoch"], pytest.approx(row[name])) for row in result.history]
    for name, value in result.test.values.items():
        assert epochs(f"test/{name}") == [(5, pytest.approx(value))]
    assert {path.name for path in Path().iterdir()} == {"run", STORE}


def test_a_resumed_run_goes_on_without_an_epoch_twice(started, folder: Path, tmp_path: Path, monkeypatch) -> None:
    tell(MLflow(folder), started, ended(1), ended(2), ended(3), Halted(Moment(3), folder))
    (run,) = runs()
    assert run.info.status == "KILLED"
    resumed = replace(started, resumed=Resumed(Moment(2), (), ()), history=history(1, 2))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    tell(MLflow(folder), resumed, ended(3, loss=0.25), ended(4))
    assert not Path(STORE).exists()
    monkeypatch.chdir(tmp_path)
    assert epochs() == [(1, 0.5), (2, 0.5), (3, 0.25), (4, 0.5)]


def test_a_run_that_goes_back_takes_back_its_epochs(started, folder: Path) -> None:
    back = RolledBack(Moment(1), "", 0.5, tuple(history(1)))
    tell(MLflow(folder), started, ended(1), ended(2), back, ended(2, loss=0.25))
    assert epochs() == [(1, 0.5), (2, 0.25)]


def test_several_runs_share_the_database(started, folder: Path) -> None:
    tell(MLflow(folder), started, ended(1))
    (folder.parent.parent / "other").mkdir()
    tell(MLflow(folder.parent.parent / "other" / "mlflow"), started, ended(1))
    assert {run.info.run_name for run in runs()} == {"run", "other"}


def test_what_is_no_number_is_a_point_all_the_same(started, folder: Path) -> None:
    tell(MLflow(folder), started, ended(1, loss=nan))
    ((_, loss),) = epochs()
    assert isnan(loss)


def test_the_run_is_remembered_and_may_have_gone(started, folder: Path) -> None:
    tell(MLflow(folder), started, ended(1))
    assert json.loads((folder / "run.json").read_text())["run"] == runs()[0].info.run_id
    client().delete_run(runs()[0].info.run_id)
    tell(MLflow(folder), started, ended(1))
    assert epochs() == [(1, 0.5)]


def test_a_file_that_is_no_database_is_a_problem_and_no_traceback(started, folder: Path) -> None:
    Path(STORE).write_text("no database\n" * 100)
    with pytest.raises(NetspecError) as error:
        tell(MLflow(folder), started)
    assert "mlflow.db`: file is not a database" in str(error.value)


def test_its_makers_are_told_nothing(started, folder: Path) -> None:
    tell(MLflow(folder), started)
    assert _mlflow().telemetry.get_telemetry_client() is None


# ---- artifacts ----

IRIS = """data { source = iris(), validation = 20%, transform = standardize }
model { linear(3) }
train { epochs = 3, device = cpu, STOP }
"""


def artifacts(run: Any, folder: str | None = None) -> dict[str, bytes]:
    """The files that MLflow shows of a run, in a folder."""
    with warnings.catch_warnings(action="ignore"):
        found = [item.path for item in client().list_artifacts(run.info.run_id, folder) if not item.is_dir]
        return {path: Path(client().download_artifacts(run.info.run_id, path)).read_bytes() for path in found}


def of_iris() -> Any:
    with warnings.catch_warnings(action="ignore"):
        (experiment,) = (one for one in client().search_experiments() if one.name == "iris")
        (run,) = client().search_runs([experiment.experiment_id])
        return run


@pytest.mark.parametrize("stop", ["optimizer = sgd(lr=5), stop = early_stopping(patience=1 epochs)", "seed = 1"])
def test_a_finished_run_has_its_spec_its_report_and_its_weights(folder: Path, stop: str) -> None:
    Path("iris.net").write_text(IRIS.replace("STOP", stop))
    result = api.run("iris.net", out="done", log_to=["mlflow"])
    assert isinstance(result, RunResult)
    found = artifacts(of_iris())
    assert {"spec.net", "spec.json", "plan.json", "run.json", "metrics.csv", "report.html"} == set(found)
    for name, content in found.items():
        assert content == Path("done", name).read_bytes()
    ((name, weights),) = artifacts(of_iris(), "weights").items()
    assert name == "weights/model.safetensors"
    Path("downloaded.safetensors").write_bytes(weights)
    downloaded, final = load_file("downloaded.safetensors"), SavedRun.of(Path("done")).network.state_dict()
    assert downloaded.keys() == final.keys()
    assert all(torch.equal(downloaded[key], final[key]) for key in final)
    assert {path.name for path in Path().iterdir()} >= {"mlruns", STORE}


def test_an_unfinished_run_has_no_artifacts_yet(started, folder: Path) -> None:
    log = MLflow(folder)
    for event in (started, ended(1), Halted(Moment(1), folder)):
        log(event)
        log.keep_artifacts(event)
    (run,) = runs()
    assert artifacts(run) == {}


def test_files_of_a_run_that_are_links_are_left_out(result, told, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (folder.parent / "report.html").symlink_to(tmp_path / "secret")
    (folder.parent / "spec.net").write_text("a spec")
    log = MLflow(folder)
    for event in told(result):
        log(event)
        log.keep_artifacts(event)
    (run,) = runs()
    assert set(artifacts(run)) == {"spec.net"}


def test_an_experiment_that_keeps_its_files_elsewhere_gets_none(result, told, folder: Path) -> None:
    (folder.parent / "spec.net").write_text("a spec")
    with warnings.catch_warnings(action="ignore"):
        client().create_experiment("mnist_fc", artifact_location="s3://somewhere/else")
    log = MLflow(folder)
    for event in told(result):
        log(event)
        log.keep_artifacts(event)
    (run,) = runs()
    assert run.info.status == "FINISHED" and run.info.artifact_uri.startswith("s3://")
