"""The public functions, over a spec and data that a user would have."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from netspec import api
from netspec.catalogue.layers.linear import Linear
from netspec.problems import NetspecError
from netspec.runner.events import Event, Finished, Started
from netspec.runner.train import context
from netspec.source import Source
from tests.runs import run_one

SPEC = """# is it a cat?
data {
  source     = csv("animals.csv", target="is_cat")
  transform  = standardize(measured)
  validation = 20%
  test       = 20%
}
model { linear(1) }
train {
  loss      = binary_cross_entropy_with_logits
  optimizer = sgd(lr=0.5)
  epochs    = 3
}
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The spec of a logistic regression, in the current folder beside its table."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    rows = ["weight,length,is_cat"]
    for number in range(200):
        weight, length = random.normal(4 if number % 2 else 20), random.normal(46 if number % 2 else 80)
        rows.append(f"{weight:.2f},{length:.2f},{number % 2}")
    Path("animals.csv").write_text("\n".join(rows) + "\n")
    Path("cats.net").write_text(SPEC)
    return Path("cats.net")


def test_a_spec_becomes_a_program_a_network_and_a_run(spec: Path):
    program = api.check(spec)
    assert sum(weights.numel() for weights in api.build(program).parameters()) == 3
    result = run_one(program)
    assert result.test is not None
    assert result.test.values["accuracy"] > 0.9


def test_the_run_folder_holds_everything_of_the_run(spec: Path):
    events: list[Event] = []
    result = run_one(spec, on_event=events.append)
    assert isinstance(events[0], Started) and isinstance(events[-1], Finished)
    assert result.folder.parent == Path("runs/cats")
    names = {path.name for path in result.folder.iterdir()}
    assert {"spec.net", "plan.json", "metrics.jsonl", "run.json", "checkpoints", "report.html"} <= names
    assert not any(name.startswith(".") for name in names)
    assert (result.folder / "spec.net").read_text() == SPEC
    lines = [json.loads(line) for line in (result.folder / "metrics.jsonl").read_text().splitlines()]
    assert lines == [dict(values) for values in result.history]
    assert Path("runs/cats/latest").resolve() == result.folder.resolve()


def test_a_run_is_looked_at_again_by_its_folder(spec: Path):
    folder = str(run_one(spec, out="here").folder)
    evaluated = api.evaluate(folder, "validation", "last")
    assert evaluated is not None and str(evaluated.moment) == "epoch 3"
    Path("one.csv").write_text("weight,length\n20,80\n")
    (prediction,) = api.predict(folder, ["one.csv"])
    assert prediction.record()["label"] in ("0", "1")
    assert api.report(folder, "page.html") == Path("page.html") and Path("page.html").is_file()
    assert api.find_run(folder) == Path(folder)
    assert api.runs() == [], "those are in `runs`"
    assert len(api.compare([folder, folder]).runs) == 2


def test_a_spec_with_another_value_of_a_param_is_another_program(spec: Path):
    spec.write_text(SPEC.replace("epochs    = 3", "epochs = n") + "param n = 3\n")
    changed = api.check(spec, {"n": "4"})
    assert (api.check(spec).train.epochs, changed.train.epochs) == (3, 4)
    assert not api.diff(spec, changed).same
    assert api.plan(changed)["hash"] == changed.hash
    assert api.fmt(Source("spec.json", api.convert(spec))) == api.convert(spec)


def test_out_names_exactly_the_folder(spec: Path):
    assert run_one(spec, out="here").folder == Path("here")
    assert not Path("runs").exists()
    with pytest.raises(NetspecError, match="`here` isn't empty"):
        run_one(spec, out="here")


def test_data_that_is_wrong_leaves_no_folder(spec: Path):
    program = api.check(spec)
    table = Path("animals.csv")
    table.write_text(table.read_text().replace("\n", "\nheavy,46,1\n", 1))
    with pytest.raises(NetspecError) as error:
        run_one(program)
    diagnostic = error.value.diagnostics[0]
    assert error.value.exit_code == 3
    assert diagnostic.span is not None
    assert diagnostic.span.source.name.endswith("animals.csv")
    assert (diagnostic.span.line, diagnostic.span.text) == (2, "heavy")
    assert not Path("runs").exists()


def test_a_device_that_is_not_there_leaves_no_folder(spec: Path):
    import torch

    if torch.backends.mps.is_available():
        pytest.skip("there is one")
    with pytest.raises(NetspecError, match="there is no device `mps`") as error:
        run_one(spec, device="mps")
    assert error.value.exit_code == 2
    spec.write_text(SPEC.replace("epochs    = 3", "device = mps"))
    with pytest.raises(NetspecError, match="there is no device `mps`") as error:
        run_one(spec)
    assert error.value.exit_code == 1
    assert not Path("runs").exists()


def test_a_test_loss_that_overflows_is_said_when_everything_else_is_saved(make_program, blobs, tmp_path: Path):
    source = blobs(numbers=True, outlier=1e30)
    program = make_program(source=source, layers=(("fc1", Linear(out_features=1)),), train={"epochs": 2})
    events: list[Event] = []
    with pytest.raises(NetspecError, match="the loss of the test split isn't finite") as error:
        run_one(program, out=tmp_path / "run", on_event=events.append)
    assert error.value.exit_code == 4
    assert str(tmp_path / "run") in error.value.diagnostics[0].notes[0]
    assert isinstance(events[-1], Finished)
    record = json.loads((tmp_path / "run/run.json").read_text())
    assert record["test"]["loss"] is None
    assert record["epochs"]["trained"] == 2
    assert {"metrics.jsonl", "report.html", "checkpoints"} <= {path.name for path in (tmp_path / "run").iterdir()}


def test_a_listener_that_fails_leaves_torch_as_it_was(spec: Path, monkeypatch: pytest.MonkeyPatch):
    inside = False

    @contextmanager
    def reproducible(*_: object) -> Generator[None]:
        nonlocal inside
        inside = True
        try:
            yield
        finally:
            inside = False

    def fail(event: Event) -> None:
        assert inside
        raise ValueError(event)

    monkeypatch.setattr(context, "reproducible", reproducible)
    # the error holds the frames that it went through, and so does a notebook
    with pytest.raises(ValueError) as error:
        run_one(spec, on_event=fail)
    assert not inside, error


def test_an_interruption_says_how_to_go_on(spec: Path):
    def interrupt(event: Event) -> None:
        if getattr(event, "epoch", 0) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as error:
        run_one(spec, out="here", on_event=interrupt)
    assert error.value.__notes__ == ["`netspec run --resume here` goes on from the last checkpoint"]


def test_an_interruption_before_the_first_checkpoint_says_nothing_of_one(spec: Path):
    def interrupt(event: Event) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as error:
        run_one(spec, out="here", on_event=interrupt)
    assert not hasattr(error.value, "__notes__")
