"""A spec with folds or several seeds is several runs in one folder; each goes on where it was, and what they come to
is summed up."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
import pytest
from scipy import stats

from netspec import api
from netspec.checker import check_source
from netspec.interruption import StopRequest
from netspec.problems import NetspecError
from netspec.program.program import Program
from netspec.runner.events import Event, Finished, Halted, PartStarted
from netspec.runner.train.step_control import StepControl
from netspec.runner.uses.run_summary import Spread, Summary
from netspec.source import Source
from tests.runs import resume_several, run_one, run_several

TEXT = """
data { source = synthetic(features=6, classes=2, samples=90), validation = kfold(3), batch_size = 16 }
model { linear(8) -> tanh -> dropout(0.5) -> linear(2) }
train { epochs = 2, SEEDS }
"""


def program(seeds: str = "seed = 0", text: str = TEXT) -> Program:
    return check_source(Source("folds.net", text.replace("SEEDS", seeds), Path("folds.net").resolve())).require()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    """The runs of three folds that nobody disturbed."""
    return run_several(program(), out=tmp_path_factory.mktemp("whole") / "run", device="cpu")


class AfterSteps(StopRequest):
    """Asks for the end after so many steps of all runs together."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.left = steps

    def should_stop(self, step: int) -> bool:
        self.left -= 1
        if self.left <= 0:
            self.error = KeyboardInterrupt
        return self.error is not None


def weights(folder: Path) -> dict[str, bytes]:
    """What the runs ended with, byte by byte."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("epoch-0002/*tensors"))}


def test_each_fold_validates_on_samples_of_its_own(whole: Summary) -> None:
    assert [result.part.name for result in whole.parts] == ["fold-1", "fold-2", "fold-3"]
    records = [json.loads((whole.folder / result.part.name / "run.json").read_text()) for result in whole.parts]
    sizes = [(record["data"]["samples"]["train"], record["data"]["samples"]["validation"]) for record in records]
    assert sum(validation for _, validation in sizes) == sum(sizes[0])
    assert len({record["spec"]["hash"] for record in records}) == 3


def test_a_fold_by_itself_is_the_run_of_that_fold(whole: Summary, tmp_path: Path) -> None:
    alone = run_one(program(text=TEXT.replace("kfold(3)", "kfold(3, fold=2)")), out=tmp_path / "run", device="cpu")
    assert weights(alone.folder) == weights(whole.folder / "fold-2")


@pytest.mark.parametrize("steps", [1, 3, 4, 5, 9, 11])
def test_runs_that_are_halted_go_on_and_end_with_the_same_bits(whole: Summary, tmp_path: Path, steps: int) -> None:
    folder, events = tmp_path / "run", list[Event]()
    with pytest.raises(KeyboardInterrupt) as ended:
        run_several(program(), out=folder, device="cpu", on_event=events.append, request=AfterSteps(steps))
    assert isinstance(events[-1], Halted)
    assert f"`netspec run --resume {folder}` goes on from the last checkpoint" in ended.value.__notes__
    begun = sum(isinstance(event, PartStarted) for event in events)
    resumed: list[Event] = []
    summary = resume_several(folder, device="cpu", on_event=resumed.append)
    parts = [event for event in resumed if isinstance(event, PartStarted)]
    assert [event.finished for event in parts] == [True] * (begun - 1) + [False] * (3 - begun + 1)
    assert weights(folder) == weights(whole.folder)
    assert summary.spreads == whole.spreads


def test_what_they_come_to_is_in_the_folder(whole: Summary) -> None:
    record = json.loads((whole.folder / "run.json").read_text())
    values = [part["values"]["validation.accuracy"] for part in record["parts"]]
    assert record["spreads"]["validation.accuracy"]["mean"] == pytest.approx(mean(values))
    assert record["spreads"]["validation.accuracy"]["std"] == pytest.approx(stdev(values))
    assert Summary.of(whole.program, whole.folder) == whole


def test_seeds_are_runs_with_first_weights_of_their_own(tmp_path: Path) -> None:
    text = TEXT.replace("kfold(3)", "20%")
    summary = run_several(program("seeds = 2", text), out=tmp_path / "run", device="cpu")
    first, second = (list(weights(tmp_path / "run" / result.part.name).values()) for result in summary.parts)
    assert first[0] != second[0]
    alone = run_one(program("seed = 1", text), out=tmp_path / "alone", device="cpu")
    assert weights(alone.folder) == weights(tmp_path / "run" / "seed-1")


def test_what_fails_before_its_first_step_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,t\n" + "".join(f"{row},{row % 2}\n" for row in range(20)))
    text = 'data { source = csv("t.csv", target="t"), validation = kfold(2) }\nmodel { linear(2) }\n'
    broken = check_source(Source("t.net", text, tmp_path / "t.net")).require()
    (tmp_path / "t.csv").unlink()
    with pytest.raises(NetspecError):
        run_several(broken, out=tmp_path / "run", device="cpu")
    assert not (tmp_path / "run").exists()


@pytest.fixture
def of_a_table(tmp_path: Path) -> tuple[Program, Callable[[], None]]:
    """A program of two folds of a table, and what changes the table."""
    table = tmp_path / "t.csv"
    table.write_text("a,t\n" + "".join(f"{row},{row % 2}\n" for row in range(20)))
    text = 'data { source = csv("t.csv", target="t"), validation = kfold(2), batch_size = 5 }\nmodel { linear(2) }\n'

    def change() -> None:
        table.write_text(table.read_text() + "20,0\n")

    return check_source(Source("t.net", text, tmp_path / "t.net")).require(), change


def test_folds_of_other_data_are_not_begun(of_a_table: Any, tmp_path: Path) -> None:
    program, change = of_a_table
    events: list[Event] = []

    def listen(event: Event) -> None:
        events.append(event)
        if isinstance(event, Finished):
            change()

    with pytest.raises(NetspecError, match="the data isn't what the run began with"):
        run_several(program, out=tmp_path / "run", device="cpu", on_event=listen)
    assert isinstance(events[-1], PartStarted)
    with pytest.raises(NetspecError, match="the data isn't what the run began with"):
        resume_several(tmp_path / "run", device="cpu")
    assert not list((tmp_path / "run" / "fold-2").glob("checkpoints/*"))


def test_folds_of_other_data_are_not_summed_up(of_a_table: Any, tmp_path: Path) -> None:
    program, _ = of_a_table
    folder = run_several(program, out=tmp_path / "run", device="cpu").folder
    path = folder / "fold-2" / "run.json"
    record = json.loads(path.read_text())
    record["data"]["digest"] = "sha256:0"
    path.write_text(json.dumps(record))
    with pytest.raises(NetspecError, match="the data isn't what the run began with"):
        Summary.of(program, folder)


def test_runs_that_are_finished_are_not_resumed(whole: Summary) -> None:
    for folder in (whole.folder, whole.folder / "fold-2"):
        with pytest.raises(NetspecError, match="the run in it is finished"):
            api.resume(folder)


def test_runs_whose_time_is_over_within_an_epoch_have_figures_of_their_last_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t.csv").write_text("a,t\n" + "".join(f"{row},{row % 2}\n" for row in range(20)))
    text = 'data { source = csv("t.csv", target="t"), validation = kfold(2), batch_size = 4 }\nmodel { linear(2) }\n'
    timed = check_source(Source("t.net", text + "train { max_time = 1 hour }\n", tmp_path / "t.net")).require()
    monkeypatch.setattr(StepControl, "out_of_time", True)  # after the first step
    judged: list[float] = []

    def listen(event: Event) -> None:
        if isinstance(event, Finished) and event.result.validation is not None:
            judged.append(event.result.validation.values["loss"])

    summary = run_several(timed, out=tmp_path / "run", device="cpu", on_event=listen)
    assert [result.values["validation.loss"] for result in summary.parts] == judged
    assert len(judged) == 2


# ---- figures ----


def test_the_interval_is_students() -> None:
    values = list(np.random.default_rng(0).normal(size=7))
    spread = Spread.of(values)
    low, high = stats.t.interval(0.95, 6, loc=np.mean(values), scale=stats.sem(values))
    assert (spread.low, spread.high) == (pytest.approx(low), pytest.approx(high))
    assert (spread.mean, spread.std) == (pytest.approx(np.mean(values)), pytest.approx(np.std(values, ddof=1)))


def test_folds_share_samples_which_makes_the_interval_wider() -> None:
    values = [0.9, 0.92, 0.88, 0.95, 0.9]
    plain, folds = Spread.of(values), Spread.of(values, folds=5)
    assert plain.high is not None and folds.high is not None
    # the variance of the mean is (1/5 + 1/4) s² in the place of s²/5
    assert (folds.high - folds.mean) / (plain.high - plain.mean) == pytest.approx((9 / 4) ** 0.5)


def test_the_interval_ends_where_the_figure_does() -> None:
    assert Spread.of([0.99, 1.0, 0.9], span=(0.0, 1.0)).high == 1.0


def test_one_value_has_no_spread() -> None:
    assert Spread.of([0.5]) == Spread(1, 0.5, None, None, None)
