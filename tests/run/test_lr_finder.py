"""The range test trains as a run does, at learning rates that grow, and finds where the loss falls."""

from __future__ import annotations

from math import inf, nan
from pathlib import Path

import pytest
import torch

from netspec.program.program import Program
from netspec.program.written import written
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.epoch import train_epoch
from netspec.runner.train.progress import Progress
from netspec.runner.train.training import Training
from netspec.runner.uses.lr_finder import LossCurve, LrFinderResult, LrStep, find_lr, smooth, suggestions
from tests.specs import check

CPU = torch.device("cpu")
SPEC = """\
data { source = synthetic(features=6, classes=3, samples=200), batch_size = 16 }
model { body: linear(8) -> relu -> dropout(0.5) -> head: linear(3) }
train { optimizer = OPTIMIZER, epochs = 2, accumulate = 2 }
"""


@pytest.fixture
def spec(tmp_path: Path):
    def make(optimizer: str = "sgd(lr=0.1)") -> Program:
        return check(SPEC.replace("OPTIMIZER", optimizer), folder=tmp_path).require()

    return make


def test_its_steps_are_those_of_a_run(spec, tmp_path: Path) -> None:
    """At learning rates that hardly differ the losses are those of the run, batch by batch."""
    program = spec()
    found = find_lr(program, CPU, 0.1, 0.1 + 1e-9, 10)
    with RunFolder(tmp_path / "run") as folder:
        training, losses = Training.of(program, folder, CPU), list[float]()
        for epoch in range(2):
            progress = Progress(epoch)
            assert list(train_epoch(training, progress, lambda _: False)) == []
            sizes = progress.stats.sizes
            for first in range(0, len(sizes), 2):
                step = slice(first, first + 2)
                total = sum(map(float.__mul__, progress.stats.losses[step], map(float, sizes[step])))
                losses.append(total / sum(sizes[step]))
    assert [one.loss for one in found.steps] == pytest.approx(losses[:10], rel=1e-6)


def test_the_learning_rate_grows_by_the_same_factor_and_groups_keep_their_ratios(spec, monkeypatch) -> None:
    rates: list[list[float]] = []
    add = LossCurve.add
    seen: list[Training] = []
    of = Training.of
    monkeypatch.setattr(Training, "of", lambda *given: seen.append(of(*given)) or seen[-1])

    def adding(self: LossCurve, loss: float) -> None:
        rates.append([group["lr"] for group in seen[0].steps.optimizers[0].param_groups])
        add(self, loss)

    monkeypatch.setattr(LossCurve, "add", adding)
    found = find_lr(spec('sgd(lr=0.1, groups=[group("head", lr=0.01)])'), CPU, 1e-5, 1e-1, 41)
    assert [own for _, own in rates] == pytest.approx([10 ** (-5 + step / 10) for step in range(41)])
    assert [own for _, own in rates] == pytest.approx([one.lr for one in found.steps])
    assert all(head == pytest.approx(own / 10) for head, own in rates)


def test_with_the_same_seed_it_is_the_same_and_nothing_is_kept(spec, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    first, second = (find_lr(spec(), CPU, 1e-4, 10, 20) for _ in range(2))
    assert first.steps == second.steps
    assert list(tmp_path.iterdir()) == []


def test_it_ends_where_the_training_diverges(spec) -> None:
    found = find_lr(spec(), CPU, 1e-3, 1e6, 60)
    assert found.diverged
    assert len(found.steps) < 60


@pytest.mark.parametrize(("loss", "diverged"), [(nan, True), (inf, True), (7.0, False), (11.0, False), (50.0, True)])
def test_what_counts_as_diverged(loss: float, diverged: bool) -> None:
    """A single bad batch doesn't; the mean is what counts."""
    losses = LossCurve(1)
    for value in (3.0, 2.5, loss):
        losses.add(value)
    assert losses.diverged == diverged


def test_smoothing_does_not_lag_behind() -> None:
    falling = [10.0 - step for step in range(100)]
    assert smooth(falling, 100)[25:75] == pytest.approx(falling[25:75], abs=1e-2)
    assert max(smooth([1.0] * 20 + [inf], 100)) == pytest.approx(1)


def test_the_suggestions_are_the_steepest_descent_and_a_tenth_of_the_minimum() -> None:
    losses = [2, 2, 2, 1.9, 1, 0.8, 0.7, 3]
    tried = [LrStep(10.0 ** (step - 5), loss, loss) for step, loss in enumerate(losses)]
    assert suggestions(tried) == (0.1, 1)
    assert suggestions([LrStep(one.lr, -one.loss, -one.loss) for one in tried[:6]]) == (None, None)


def test_the_line_to_write_scales_what_groups_have_of_their_own(spec) -> None:
    program = spec('adam(lr=0.1, groups=[group("head", lr=0.01), group("body:bias", optimizer=sgd(lr=1))])')
    found = LrFinderResult(program, "cpu", (), False, 0.02, 0.05)
    assert found.optimizer is not None
    line = 'adam(lr=0.02, groups=[group("head", lr=0.002), group("body:bias", optimizer=sgd(lr=0.2))])'
    assert written(found.optimizer) == line
    assert written(program.train.optimizer.scaled(0.1, 1)) == written(program.train.optimizer)
