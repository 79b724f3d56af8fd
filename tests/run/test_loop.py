"""The loop does what a plain loop by hand does, bit for bit, and says what goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise, product, takewhile
from math import ceil, inf
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from netspec.builder import build
from netspec.catalogue.checkpoints import Checkpoint
from netspec.catalogue.checkpoints.every import Every
from netspec.catalogue.layers.linear import Linear
from netspec.catalogue.layers.relu import ReLU
from netspec.catalogue.losses.cross_entropy import CrossEntropy
from netspec.catalogue.losses.mse import MSE
from netspec.catalogue.optimizers.sgd import SGD
from netspec.catalogue.schedules.cosine import Cosine
from netspec.catalogue.stopping import Standing, Stop
from netspec.catalogue.stopping.early_stopping import EarlyStopping
from netspec.catalogue.values import Quantity, Term
from netspec.data.prepare import prepare
from netspec.problems import NetspecError
from netspec.program.objective import Objective
from netspec.program.program import Program
from netspec.program.randomness import seed_for
from netspec.runner.events import EpochAdvanced, EpochEnded, Event, Finished, RunResult, Started, Stopped
from netspec.runner.store.checkpoint import load_weights
from netspec.runner.store.folder import RunFolder
from netspec.runner.store.record import run_record
from netspec.runner.train import epoch as module
from netspec.runner.train.epoch import LOSS_CHECK_EVERY
from netspec.runner.train.loop import train
from tests.specs import check

CPU = torch.device("cpu")
NUMBERS = (("fc1", Linear(out_features=16)), ("1", ReLU()), ("fc2", Linear(out_features=1)))


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[list[Event], Path]]:
    """Runs a program in a folder of its own; returns the events and the folder."""

    def run(program: Program, name: str = "run") -> tuple[list[Event], Path]:
        with RunFolder(tmp_path / name) as folder:
            return list(train(program, folder, CPU)), folder.path

    return run


def result_of(events: list[Event]) -> RunResult:
    assert isinstance(events[-1], Finished)
    return events[-1].result


def train_by_hand(
    program: Program, criterion: Callable[[Tensor, Tensor], Tensor] = F.cross_entropy
) -> tuple[dict[str, Tensor], list[float], list[float]]:
    """The loop as a person would write it: the weights, the loss and the accuracy of each epoch."""
    data = prepare(program, CPU)
    network = build(program)
    optimizer = torch.optim.Adam(network.parameters(), fused=True)
    losses: list[float] = []
    accuracies: list[float] = []
    for epoch in range(1, program.train.epochs + 1):
        network.train()
        total, correct, count = 0.0, 0, 0
        for number, (inputs, targets) in enumerate(data.epoch(epoch)):
            torch.manual_seed(seed_for(program.train.seed, "batch", epoch, number))
            optimizer.zero_grad()
            outputs = network(*inputs)
            loss = criterion(outputs, targets)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(targets)
            correct += int((outputs.argmax(1) == targets).sum())
            count += len(targets)
        losses.append(total / count)
        accuracies.append(correct / count)
    return network.state_dict(), losses, accuracies


def test_three_epochs_equal_a_loop_by_hand_bit_for_bit(make_program, run):
    program = make_program()
    events, folder = run(program)
    weights, losses, accuracies = train_by_hand(program)
    found = load_weights(folder / "checkpoints" / "epoch-0003")
    assert all(torch.equal(found[name], tensor) for name, tensor in weights.items())
    history = result_of(events).history
    assert [values["train.loss"] for values in history] == pytest.approx(losses, rel=1e-12)
    assert [values["train.accuracy"] for values in history] == accuracies


def test_a_weighted_sum_of_losses_moves_the_weights_as_by_hand(make_program, run):
    loss = Objective((Term(CrossEntropy(weight="balanced"), 0.7), Term(MSE(), 2.0)))
    program = replace(make_program(), loss=loss)
    _, folder = run(program)

    def by_hand(output: Tensor, targets: Tensor) -> Tensor:
        counts = torch.bincount(prepare(program, CPU).training.targets)
        weight = counts.sum() / (len(counts) * counts)
        one_hot = F.one_hot(targets, 3).float()
        return 0.7 * F.cross_entropy(output, targets, weight=weight) + 2 * F.mse_loss(output, one_hot)

    weights, *_ = train_by_hand(program, by_hand)
    found = load_weights(folder / "checkpoints" / "epoch-0003")
    for name, tensor in weights.items():
        torch.testing.assert_close(found[name], tensor)


def test_the_same_seed_gives_the_same_bits_whatever_was_drawn_before(make_program, run):
    names = ("checkpoints/epoch-0003/model.safetensors", "checkpoints/epoch-0003/optimizer.safetensors")
    events, folder = run(make_program(), "first")
    torch.rand(1000)
    events_again, folder_again = run(make_program(), "again")
    _, folder_other = run(make_program(train={"seed": 1}), "other")
    for name in names:
        assert (folder_again / name).read_bytes() == (folder / name).read_bytes()
        assert (folder_other / name).read_bytes() != (folder / name).read_bytes()
    histories = [result_of(of).history for of in (events, events_again)]
    for values, values_again in zip(*histories, strict=True):
        assert {**values, "train.seconds": 0} == {**values_again, "train.seconds": 0}


def test_a_run_leaves_the_chance_of_the_process_alone(make_program, run):
    before = torch.random.get_rng_state()
    run(make_program())
    assert torch.equal(torch.random.get_rng_state(), before)


def test_it_says_what_happens_in_order(make_program, run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "PROGRESS_INTERVAL", inf)
    events, folder = run(make_program())
    assert [type(event) for event in events] == [Started, EpochEnded, EpochEnded, EpochEnded, Finished]
    started, first = events[0], events[1]
    assert isinstance(started, Started) and isinstance(first, EpochEnded)
    assert (started.folder, started.device) == (folder, "cpu")
    assert {"python", "torch", "numpy", "device", "threads", "platform"} <= started.environment.keys()
    metrics = ("loss", "accuracy", "precision", "recall", "f1")
    assert list(first.values) == [
        "train.loss", "train.accuracy", "train.lr", "train.seconds", *(f"validation.{name}" for name in metrics)
    ]  # fmt: skip
    result = result_of(events)
    assert result.history == tuple(event.row() for event in events if isinstance(event, EpochEnded))
    assert [row["epoch"] for row in result.history] == [1, 2, 3]


def test_it_learns(make_program, run):
    events, _ = run(make_program(train={"epochs": 30}))
    test = result_of(events).test
    assert test is not None
    assert test.values["accuracy"] > 0.9


def test_the_test_split_is_judged_with_the_weights_of_the_last_epoch(make_program, run):
    program = make_program()
    events, folder = run(program)
    network = build(program)
    network.load_state_dict(load_weights(folder / "checkpoints" / "epoch-0003"))
    data = prepare(program, CPU)
    right = [
        (network.eval()(*inputs).argmax(1) == targets).float().mean() for inputs, targets in data.batches("test", 1000)
    ]
    test = result_of(events).test
    assert test is not None
    assert test.values["accuracy"] == pytest.approx(float(right[0]))


def test_early_stopping_ends_with_the_weights_of_the_best_epoch(make_program, run):
    stop = EarlyStopping(monitor="validation.loss", patience=Quantity(2, "epochs"), min_delta=0.2)
    events, folder = run(make_program(train={"epochs": 50, "stop": stop, "checkpoint": Every(keep=1)}))
    stopped, result = events[-2], result_of(events)
    assert isinstance(stopped, Stopped)
    assert result.best_epoch == result.restored == stopped.epoch - 2
    assert result.stopped == stopped.reason
    assert stopped.reason.startswith("no better validation.loss for 2 epochs")
    best = [event.epoch for event in events if isinstance(event, EpochEnded) and event.best]
    assert best[-1] == result.best_epoch
    names = sorted(path.name for path in (folder / "checkpoints").glob("epoch-*"))
    assert names == [f"epoch-{epoch:04d}" for epoch in (result.best_epoch, stopped.epoch)]


def test_restore_best_false_stays_with_the_last_weights(make_program, run):
    stop = EarlyStopping(patience=Quantity(1, "epochs"), min_delta=0.2, restore_best=False)
    events, _ = run(make_program(train={"epochs": 50, "stop": stop}))
    assert result_of(events).restored is None


def test_a_stop_in_the_last_epoch_is_no_early_one(make_program, run):
    stop = EarlyStopping(patience=Quantity(1, "epochs"), min_delta=100)
    events, _ = run(make_program(train={"epochs": 2, "stop": stop}))
    result = result_of(events)
    assert (result.stopped, result.restored) == (None, 1)
    assert not any(isinstance(event, Stopped) for event in events)


class AtTwo(Stop):
    """Stop after the second epoch, whatever was measured."""

    def watched(self) -> str:
        return "train.loss"

    def observe(self, standing: Standing, epoch: int, values: Mapping[str, float]) -> Standing:
        return Standing(values[self.watched()], epoch)

    def reason(self, standing: Standing) -> str | None:
        return "two are enough" if standing.best_epoch == 2 else None

    def restores(self) -> bool:
        return False


class AtThree(Checkpoint):
    """Save after the third epoch, and keep one."""

    def is_due(self, epoch: int) -> bool:
        return epoch == 3

    def kept(self) -> int:
        return 1


def test_another_stop_needs_nothing_of_the_runner(make_program, run):
    events, _ = run(make_program(data={"validation": None}, train={"epochs": 9, "stop": AtTwo()}))
    result = result_of(events)
    assert (len(result.history), result.stopped, result.best_epoch, result.restored) == (2, "two are enough", 2, None)


def test_another_checkpoint_needs_nothing_of_the_runner(make_program, tmp_path: Path):
    program = make_program(data={"validation": None}, train={"epochs": 5, "checkpoint": AtThree()})
    there: list[list[str]] = []
    with RunFolder(tmp_path / "run") as folder:
        for event in train(program, folder, CPU):
            if isinstance(event, EpochEnded):
                there.append([path.name for path in folder.checkpoints.glob("epoch-*")])
    assert there == [[], [], ["epoch-0003"], ["epoch-0003"], ["epoch-0005"]]


def test_without_validation_no_epoch_is_the_best_and_the_last_one_stays(make_program, run):
    program = make_program(data={"validation": None}, train={"checkpoint": Every(interval=Quantity(2, "epochs"))})
    events, folder = run(program)
    assert result_of(events).best_epoch is None
    assert not any(name.startswith("validation") for name in result_of(events).history[0])
    names = sorted(path.name for path in (folder / "checkpoints").iterdir())
    assert names == ["epoch-0002", "epoch-0003", "index.json"]
    assert json.loads((folder / "checkpoints/index.json").read_text()) == {"best": None, "last": "epoch-0003"}


def test_numbers_are_learned_too(make_program, blobs, run):
    program = make_program(layers=NUMBERS, source=blobs(numbers=True), train={"epochs": 20})
    events, _ = run(program)
    history = result_of(events).history
    assert "train.accuracy" not in history[0]
    assert history[-1]["validation.loss"] < history[0]["validation.loss"] / 2


@pytest.mark.parametrize(("scale", "lr", "epoch"), [(1e18, 1e18, 1), (1.0, 1e8, 1)])
def test_numbers_that_overflow_end_the_run(make_program, blobs, run, tmp_path: Path, scale, lr, epoch):
    layers = tuple((str(number), Linear(out_features=1)) for number in range(6))
    program = make_program(layers=layers, source=blobs(numbers=True, scale=scale), train={"optimizer": SGD(lr=lr)})
    with pytest.raises(NetspecError, match="isn't finite in epoch 1") as error:
        run(program)
    assert error.value.exit_code == 4
    assert not list((tmp_path / "run").rglob("epoch-*"))


def test_the_good_checkpoints_before_an_overflow_are_kept(make_program, blobs, run, tmp_path: Path):
    layers = (("fc1", Linear(out_features=1)),)
    optimizer = SGD(lr=0.5)
    program = make_program(layers=layers, source=blobs(numbers=True), train={"optimizer": optimizer, "epochs": 100})
    with pytest.raises(NetspecError, match=r"isn't finite in epoch \d+, at a learning rate of 0.5") as error:
        run(program)
    diagnostic = error.value.diagnostics[0]
    checkpoints = sorted((tmp_path / "run" / "checkpoints").glob("epoch-*"))
    assert diagnostic.notes == (f"the last good weights are in {checkpoints[-1]}",)
    for checkpoint in checkpoints:
        assert all(bool(tensor.isfinite().all()) for tensor in load_weights(checkpoint).values())


def test_an_interruption_leaves_the_checkpoints(make_program, tmp_path: Path):
    with pytest.raises(KeyboardInterrupt), RunFolder(tmp_path / "run") as folder:
        for event in train(make_program(), folder, CPU):
            if isinstance(event, EpochEnded) and event.epoch == 2:
                raise KeyboardInterrupt
    load_weights(tmp_path / "run" / "checkpoints" / "epoch-0002")


def test_no_step_waits_for_the_device(make_program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Reading a number of a tensor is what would wait: it happens as often for many steps as for few, and isn't needed
    to say how far an epoch is."""
    monkeypatch.setitem(LOSS_CHECK_EVERY, "cpu", LOSS_CHECK_EVERY["cuda"])
    monkeypatch.setattr(module, "PROGRESS_INTERVAL", -1.0)
    counts: list[int] = []
    for batch_size in (100, 10):
        reads = 0

        def counted(read: Callable[..., Any]) -> Callable[..., Any]:
            def count(*arguments: Any) -> Any:
                nonlocal reads
                reads += 1
                return read(*arguments)

            return count

        with monkeypatch.context() as patch, RunFolder(tmp_path / str(batch_size)) as folder:
            events = train(make_program(data={"batch_size": batch_size}, train={"optimizer": SGD()}), folder, CPU)
            next(events)
            for name in ("item", "tolist", "__float__", "__int__", "__bool__", "cpu"):
                patch.setattr(Tensor, name, counted(getattr(Tensor, name)))
            said = list(takewhile(lambda event: isinstance(event, EpochAdvanced), events))
            assert len(said) == ceil(240 / batch_size)
            counts.append(reads)
    assert counts[0] == counts[1]


def test_it_says_how_far_an_epoch_is(make_program, run, monkeypatch: pytest.MonkeyPatch):
    """The loss is that of the batches so far; with batches of one size the last is that of the epoch."""
    monkeypatch.setattr(module, "PROGRESS_INTERVAL", -1.0)
    events, _ = run(make_program(data={"batch_size": 60}, train={"optimizer": SGD(lr=0.5), "schedule": (Cosine(),)}))
    said = [event for event in events if isinstance(event, EpochAdvanced)]
    assert [(event.moment.epoch, event.moment.batch) for event in said] == list(product(range(3), range(1, 5)))
    assert [event.fraction for event in said] == 3 * [0.25, 0.5, 0.75, 1.0]
    ended = [event.values["train.loss"] for event in events if isinstance(event, EpochEnded)]
    assert [event.loss for event in said[3::4]] == pytest.approx(ended)
    assert all(faster.lr > slower.lr for faster, slower in pairwise(said))
    assert all(0 < event.epoch_seconds < event.seconds for event in said[4:])


def test_the_record_is_json_and_holds_what_the_numbers_follow_from(make_program, run):
    program = make_program()
    events, folder = run(program)
    record = json.loads((folder / "run.json").read_text())
    assert record == json.loads(json.dumps(run_record(result_of(events))))
    assert record["spec"]["hash"] == f"sha256:{program.hash}"
    assert record["parameters"] == 8 * 16 + 16 + 32 + 16 * 3 + 3
    assert record["epochs"] == {"planned": 3, "trained": 3, "best": 3, "restored": None}
    assert record["data"]["samples"] == {"train": 240, "validation": 60, "test": 90}
    assert sum(sum(row) for row in record["test"]["confusion"]) == 90
    assert {"seed", "device", "environment", "stopped", "seconds", "last_epoch"} <= record.keys()


def test_the_state_follows_the_training(make_program, run):
    _, folder = run(make_program(train={"checkpoint": Every(keep=5)}))
    states = [json.loads(path.read_text()) for path in sorted(folder.glob("checkpoints/*/state.json"))]
    assert [state["epoch"] for state in states] == [1, 2, 3]
    for earlier, later in pairwise(states):
        assert later["history"][:-1] == earlier["history"]
    assert states[-1]["standing"].keys() == {"best", "best_epoch", "waited"}


PAIRS = """
data { source = synthetic(features=16, classes=2, inputs=[left, right]); batch_size = 32 }
model(left, right) {
  a = left -> tower: linear(16)
  b = right -> reuse(tower)
  (a - b) * (a - b) -> head: linear(2)
}
train { optimizer = adam; epochs = 20 }
""".replace("; ", "\n")

TEXTS = """
data { source = synthetic(tokens=16, vocabulary=50, classes=3); batch_size = 16 }
model { embedding(50, 64) -> mean(dim=1) -> linear(3) }
train { optimizer = adam; epochs = 20 }
""".replace("; ", "\n")


@pytest.mark.parametrize("text", [PAIRS, TEXTS], ids=["two inputs", "words"])
def test_every_kind_of_input_goes_through_the_loop_as_by_hand_and_is_learned(text: str, run):
    program = check(text).require()
    events, folder = run(program)
    weights, _, _ = train_by_hand(program)
    found = load_weights(folder / "checkpoints" / f"epoch-{program.train.epochs:04}")
    assert all(torch.equal(found[name], tensor) for name, tensor in weights.items())
    test = result_of(events).test
    assert test is not None and test.values["accuracy"] > 0.9
