"""Numbers that overflow, time that runs out, and signals: what was saved stays, and what happens is said."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from netspec.catalogue.checkpoints.every import Every
from netspec.catalogue.optimizers.sgd import SGD
from netspec.catalogue.stopping.early_stopping import EarlyStopping
from netspec.catalogue.values import Quantity
from netspec.catalogue.weight_averages import Average
from netspec.catalogue.weight_averages.ema import EMA
from netspec.catalogue.weight_averages.swa import SWA
from netspec.interruption import StopRequest
from netspec.modules.losses import WeightedSum
from netspec.problems import NetspecError
from netspec.program.program import Program
from netspec.report.metrics_log import MetricsLog
from netspec.runner.events import EpochEnded, Event, Finished, Halted, RolledBack, Stopped
from netspec.runner.store.checkpoint import load_weights
from netspec.runner.store.checkpoints import in_order
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.loop import train
from netspec.runner.train.mixing import MixedBatch
from netspec.runner.train.progress import Progress
from netspec.runner.train.step_control import StepControl
from netspec.runner.train.steps import Steps
from netspec.runner.uses.verify_resume import StopAfter
from tests.run.hand import BATCHES, CPU

UNJUDGED = {"validation": None}
"""Without a validation split no epoch is the best one, so none is saved for that."""


def run(program: Program, folder: Path) -> list[Event]:
    with RunFolder(folder) as locked:
        return list(train(program, locked, CPU))


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes the loss of some batches, counted from the first of all, no number; or their gradients alone."""

    def set_up(*places: int, once: bool = True, gradients: bool = False) -> None:
        seen = 0
        plain = MixedBatch.terms

        def terms(self: Any, criterion: WeightedSum, output: Tensor) -> list[Tensor]:
            nonlocal seen
            seen += 1
            values = plain(self, criterion, output)
            if seen - 1 not in places and (once or seen <= places[0]):
                return values
            # the slope of a root is infinite at 0
            return [value + (0 * value).sqrt() if gradients else value * torch.nan for value in values]

        monkeypatch.setattr(MixedBatch, "terms", terms)

    return set_up


@pytest.fixture
def broken_step(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Makes a weight infinite at a step, counted from 0, until the training went back for it."""

    def set_up(place: int) -> None:
        plain = Steps.after_batch

        def after_batch(self: Any, progress: Progress, batch: int, losses: Any) -> int | None:
            number = plain(self, progress, batch, losses)
            if number == place and not progress.rollbacks:
                with torch.no_grad():
                    self.parameters[0].fill_(torch.inf)
            return number

        monkeypatch.setattr(Steps, "after_batch", after_batch)

    return set_up


def test_it_ends_at_the_first_step_whose_loss_is_no_number(make_program, tmp_path: Path, poison):
    poison(BATCHES + 3)
    with pytest.raises(NetspecError) as error:
        run(make_program(), tmp_path / "run")
    text = str(error.value)
    assert "the training loss isn't finite in epoch 2, batch 4" in text
    assert error.value.exit_code == 4
    notes = error.value.diagnostics[0].notes
    assert notes[-1].endswith("epoch-0001")


def test_what_made_the_weights_overflow_is_named(make_program, tmp_path: Path):
    program = make_program(train={"optimizer": SGD(lr=1e30)})
    with pytest.raises(NetspecError) as error:
        run(program, tmp_path / "run")
    assert re.search(r"epoch 1, batch [234]", str(error.value))
    (where, _) = error.value.diagnostics[0].notes
    assert re.fullmatch(r"the step before made `\S+` overflow|`\S+` gives numbers that aren't finite", where)


def test_the_layer_that_overflows_is_named(make_program, tmp_path: Path, blobs):
    program = make_program(source=blobs(scale=4e37))
    with pytest.raises(NetspecError) as error:
        run(program, tmp_path / "run")
    # the variance is too large, of numbers that are not
    assert error.value.diagnostics[0].notes[0] == "`1` gives numbers that aren't finite"


@pytest.mark.parametrize("gradients", [False, True], ids=["loss", "gradients alone"])
def test_a_step_that_overflows_is_left_out(make_program, tmp_path: Path, poison, gradients: bool):
    poison(2, gradients=gradients)
    events = run(make_program(train={"on_nan": "skip"}), tmp_path / "run")
    assert isinstance(events[-1], Finished)
    weights = load_weights(tmp_path / "run" / "checkpoints" / "epoch-0003")
    assert all(tensor.isfinite().all() for tensor in weights.values())


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_step_is_left_out_whichever_of_its_batches_overflows(
    make_program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, poison, place: int
):
    taken: list[int] = []
    plain = Steps._step
    monkeypatch.setattr(
        Steps, "_step", lambda self, number, losses: (taken.append(number), plain(self, number, losses))
    )
    poison(place)
    events = run(make_program(train={"on_nan": "skip", "accumulate": 4}), tmp_path / "run")
    assert taken == [1, 2, 3, 4, 5]
    assert isinstance(events[-1], Finished)


def test_an_epoch_of_nothing_but_overflow_ends_it(make_program, tmp_path: Path, poison):
    poison(BATCHES - 1, once=False)
    with pytest.raises(NetspecError, match="isn't finite in epoch 2"):
        run(make_program(train={"on_nan": "skip"}), tmp_path / "run")


def test_it_goes_back_to_the_last_checkpoint_and_on_at_half_the_learning_rate(make_program, tmp_path: Path, poison):
    poison(BATCHES + 3)
    program = make_program(train={"on_nan": "rollback", "optimizer": SGD(lr=0.1)})
    events = run(program, tmp_path / "run")
    (back,) = [event for event in events if isinstance(event, RolledBack)]
    assert (str(back.moment), back.lr_factor) == ("epoch 1", 0.5)
    ended = [event for event in events if isinstance(event, EpochEnded)]
    assert [(event.epoch, event.values["train.lr"]) for event in ended] == [(1, 0.1), (2, 0.05), (3, 0.05)]
    assert isinstance(events[-1], Finished)


def test_it_goes_back_past_a_damaged_checkpoint_which_is_saved_anew(make_program, tmp_path: Path, poison):
    poison(BATCHES + 3)
    program = make_program(train={"on_nan": "rollback", "checkpoint": Every(keep=9)})
    newest = tmp_path / "run" / "checkpoints" / "epoch-0001"
    went_back = False
    with RunFolder(tmp_path / "run") as locked:
        for event in train(program, locked, CPU):
            if isinstance(event, RolledBack):
                assert str(event.moment) == "epoch 0"
                went_back = True
            elif isinstance(event, EpochEnded) and event.epoch == 1 and not went_back:
                (newest / "model.safetensors").write_bytes(b"")
    assert went_back
    assert load_weights(newest)


def test_it_goes_back_to_the_first_weights_where_nothing_else_was_saved(make_program, tmp_path: Path, poison):
    poison(0)
    events = run(make_program(train={"on_nan": "rollback"}), tmp_path / "run")
    (back,) = [event for event in events if isinstance(event, RolledBack)]
    assert str(back.moment) == "epoch 0"
    assert isinstance(events[-1], Finished)


def test_a_run_that_is_resumed_before_its_first_checkpoint_can_go_back_too(make_program, tmp_path: Path, poison):
    poison(0)
    (tmp_path / "run").mkdir()  # killed while the data was loaded
    with RunFolder(tmp_path / "run", resume=True) as locked:
        events = list(train(make_program(train={"on_nan": "rollback"}), locked, CPU, resume=True))
    assert [str(event.moment) for event in events if isinstance(event, RolledBack)] == ["epoch 0"]
    assert isinstance(events[-1], Finished)


@pytest.mark.parametrize("average", [EMA(decay=0.9), SWA(start=Quantity(1, "%"))], ids=["ema", "swa"])
def test_a_mean_that_took_infinite_weights_in_begins_again(make_program, tmp_path: Path, broken_step, average: Average):
    broken_step(2)
    events = run(make_program(train={"on_nan": "rollback", "average": average}), tmp_path / "run")
    assert [str(event.moment) for event in events if isinstance(event, RolledBack)] == ["epoch 0"]
    assert isinstance(events[-1], Finished)


def test_the_metrics_log_goes_back_too(make_program, tmp_path: Path, poison):
    poison(2 * BATCHES + 3)
    program = make_program(
        train={"on_nan": "rollback", "checkpoint": Every(interval=Quantity(5, "epochs"))}, data=UNJUDGED
    )
    log = MetricsLog(tmp_path)
    with RunFolder(tmp_path / "run") as locked:
        for event in train(program, locked, CPU):
            log(event)
    # back from the third epoch to the start: nothing was saved between
    assert [json.loads(line)["epoch"] for line in log.lines.read_text().splitlines()] == [1, 2, 3]
    assert [line[:2] for line in log.table.read_text().splitlines()] == ["ep", "1,", "2,", "3,"]


@pytest.mark.parametrize("policy", ["stop", "rollback"])
def test_weights_that_overflowed_are_never_saved(make_program, tmp_path: Path, broken_step, policy: str):
    broken_step(BATCHES + 2)
    program = make_program(train={"on_nan": policy, "checkpoint": Every(interval=Quantity(1, "steps"), keep=50)})
    with contextlib.suppress(NetspecError):
        run(program, tmp_path / "run")
    for path in in_order(tmp_path / "run" / "checkpoints"):
        assert all(tensor.isfinite().all() for tensor in load_weights(path).values()), path.name


def test_where_going_back_never_helps_it_gives_up(make_program, tmp_path: Path, poison):
    poison(BATCHES + 3, once=False)
    with pytest.raises(NetspecError, match="isn't finite"):
        run(make_program(train={"on_nan": "rollback"}), tmp_path / "run")


def test_it_ends_when_its_time_is_over_and_is_judged(make_program, tmp_path: Path):
    program = make_program(train={"epochs": 10_000, "max_time": Quantity(0.2, "seconds")})
    events = run(program, tmp_path / "run")
    stopped, finished = events[-2:]
    assert isinstance(stopped, Stopped)
    assert stopped.reason == "max_time of 0.2 seconds is over"
    assert stopped.epoch == len(finished.result.history) if isinstance(finished, Finished) else False
    assert isinstance(finished, Finished)
    assert finished.result.test is not None


def test_the_time_before_a_run_was_resumed_counts(make_program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = make_program(train={"max_time": Quantity(1, "hours")})

    def trained(minutes: int, *, resume: bool, request: StopRequest | None = None) -> list[Event]:
        """Trains with a clock by which the first step ends after so many minutes, and all others as soon as it."""
        clock = chain([0], repeat(60 * minutes))
        monkeypatch.setattr("netspec.runner.train.step_control.perf_counter", lambda: next(clock))
        with RunFolder(tmp_path / "run", resume=resume) as locked:
            return list(train(program, locked, CPU, resume=resume, request=request))

    assert isinstance(trained(50, resume=False, request=StopAfter(1))[-1], Halted)
    *_, stopped, finished = trained(11, resume=True)
    assert isinstance(stopped, Stopped)
    assert isinstance(finished, Finished)
    assert finished.result.seconds == 61 * 60


def test_when_its_time_is_over_within_an_epoch_it_goes_back_to_the_best_one(make_program, tmp_path: Path, monkeypatch):
    def should_stop(control: StepControl, progress: Progress) -> bool:
        return control.training.steps.until(progress.moment) == 2 * BATCHES + 3

    monkeypatch.setattr(StepControl, "should_stop", should_stop)
    monkeypatch.setattr(StepControl, "out_of_time", True)
    stop = EarlyStopping(monitor="train.loss", patience=Quantity(9, "epochs"))
    events = run(make_program(train={"stop": stop, "max_time": Quantity(1, "hours")}), tmp_path / "run")
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert (len(finished.result.history), finished.result.best_epoch, finished.result.restored) == (2, 2, 2)


# ---- signals ----

SPEC = """\
data { source = synthetic(features=8, classes=3, samples=400), validation = 20% }
model { linear(16) -> relu -> linear(3) }
train { epochs = 100_000 }
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_lets_the_step_end_saves_and_says_how_to_go_on(tmp_path: Path, number: signal.Signals, code: int):
    (tmp_path / "long.net").write_text(SPEC)
    command = [sys.executable, "-m", "netspec", "run", "long.net", "--out", "out", "--device", "cpu"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not (tmp_path / "out/checkpoints/index.json").exists() and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(number)
    _, told = process.communicate(timeout=60)
    assert process.returncode == code
    assert "`netspec run --resume out` goes on from the last checkpoint" in told
    assert not (tmp_path / "out/.lock").exists()
