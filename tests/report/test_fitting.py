"""Overfitting and underfitting are named where the curves show them, and not where they are flat, noisy or short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from netspec.catalogue.weight_averages.ema import EMA
from netspec.program.program import Program
from netspec.report.fitting import verdict
from netspec.runner.events import RunResult
from netspec.runner.report_samples import ReportSamples

FALLING = (0.9, 0.5, 0.38, 0.30, 0.22, 0.15, 0.10, 0.07, 0.05)
RISING = (0.8, 0.5, 0.36, 0.312, 0.35, 0.41, 0.46, 0.52, 0.581)


@pytest.fixture
def with_curves(a_result):
    """Makes a run with these curves of its epochs, and 400 validation samples."""

    def make(**curves: Sequence[float]) -> RunResult:
        names = {name.replace("_", ".", 1): values for name, values in curves.items()}
        rows = zip(*names.values(), strict=True)
        history = tuple(
            {"epoch": epoch, **dict(zip(names, row, strict=True))} for epoch, row in enumerate(rows, start=1)
        )
        balance = ReportSamples(balance={"cat": 900, "dog": 100})
        return replace(a_result(Path("run")), history=history, restored=None, report_samples=balance)

    return make


def test_a_validation_loss_that_rises_while_the_training_loss_falls_is_overfitting(with_curves) -> None:
    found = verdict(with_curves(train_loss=FALLING, validation_loss=RISING))
    assert str(found) == (
        "overfitting: validation.loss was lowest in epoch 4 (0.3120) and is 0.5810 in epoch 9, while train.loss fell "
        "from 0.3000 to 0.0500; fewer epochs, dropout, weight decay, augmentation or more data may help"
    )


def test_weights_that_were_restored_are_named_in_place_of_fewer_epochs(with_curves) -> None:
    found = str(verdict(replace(with_curves(train_loss=FALLING, validation_loss=RISING), restored=4)))
    assert "to 0.0500; the run ends with the weights of epoch 4; dropout" in found
    assert "fewer epochs" not in found


def test_a_training_accuracy_far_above_the_validation_accuracy_is_overfitting(with_curves) -> None:
    curves = {"train_accuracy": (0.7, 0.97, 0.99, 0.995), "validation_accuracy": (0.7, 0.79, 0.80, 0.81)}
    assert str(verdict(with_curves(**curves))) == (
        "overfitting: in epoch 4 train.accuracy is 99.50% and validation.accuracy 81.00%, a gap of 18.5 percentage "
        "points; dropout, weight decay, augmentation or more data may help"
    )
    once = curves | {"validation_accuracy": (0.7, 0.79, 0.97, 0.81)}
    assert verdict(with_curves(**once)) is None, "a single bad epoch isn't enough"
    few = with_curves(**curves)
    assert verdict(replace(few, data=replace(few.data, validation=20))) is None, "20 samples may be that far off"


def test_averaged_weights_are_not_compared_with_training_accuracy(with_curves, averaged: Program) -> None:
    curves = {"train_accuracy": (0.7, 0.97, 0.99, 0.995), "validation_accuracy": (0.7, 0.79, 0.80, 0.81)}
    assert verdict(replace(with_curves(**curves), program=averaged)) is None


@pytest.fixture
def averaged(a_result) -> Program:
    program: Program = a_result(Path("run")).program
    return program.with_sections(program.train.model_copy(update={"average": EMA(decay=0.999)}))


def test_a_network_that_learned_nothing_is_underfitting(with_curves) -> None:
    """Nine in ten samples are of one class."""
    loss, accuracy = (0.34, 0.33, 0.33, 0.325), (0.9, 0.9, 0.9, 0.901)
    curves = {"train_loss": loss, "train_accuracy": accuracy, "validation_loss": loss, "validation_accuracy": accuracy}
    assert str(verdict(with_curves(**curves))) == (
        "underfitting: train.accuracy is 90.10% and validation.accuracy 90.10%, the most frequent class alone 90.00%, "
        "and train.loss fell from 0.3400 to 0.3250; another learning rate (`netspec lr-find`), more epochs, a larger "
        "network or less regularization may help"
    )
    assert verdict(with_curves(**curves | {"train_loss": (0.34, 0.30, 0.27, 0.25)})) is None, "it is learning"
    better = (0.9, 0.92, 0.93, 0.94)
    for name in ("train_accuracy", "validation_accuracy"):
        assert verdict(with_curves(**curves | {name: better})) is None, "one of the splits is better than guessing"


def test_numbers_that_are_no_better_than_their_mean_are_underfitting(with_curves) -> None:
    flat = (1.0, 1.01, 0.99, 1.0)

    def found(r2: float) -> str:
        result = with_curves(train_loss=flat, validation_loss=flat, validation_r2=(0, 0, 0, r2))
        return str(verdict(replace(result, report_samples=ReportSamples())))

    assert found(0.01).startswith("underfitting: validation.r2 is 0.0100, and train.loss rose from 1.0000 to 1.0000")
    assert found(0.2) == "None"


@pytest.mark.parametrize(
    ("train", "validation"),
    [
        pytest.param(FALLING[:2], RISING[3:5], id="two epochs"),
        pytest.param(FALLING, (*RISING[:5], 0.30, 0.31, 0.30, 0.32), id="a validation loss that came back"),
        pytest.param(FALLING, (*RISING[:4], *[0.33] * 5), id="a rise within a tenth"),
        pytest.param(FALLING, (0.8, 0.5, 0.3, 0.48, 0.38, 0.47, 0.37, 0.46, 0.39), id="a lucky epoch, then a plateau"),
        pytest.param((*FALLING[:4], *[0.29] * 5), RISING, id="a training loss that stays"),
        pytest.param(FALLING, np.array(RISING) * 1e-4, id="losses near zero"),
        pytest.param(FALLING, (*RISING[:8], float("nan")), id="a gap"),
        pytest.param(FALLING, sorted(RISING, reverse=True), id="a validation loss that falls"),
    ],
)
def test_these_curves_show_neither(with_curves, train: Sequence[float], validation: Sequence[float]) -> None:
    assert verdict(with_curves(train_loss=train, validation_loss=validation)) is None


def test_without_a_validation_split_there_is_no_verdict(with_curves) -> None:
    result = with_curves(train_loss=FALLING, validation_loss=RISING)
    assert verdict(replace(result, data=replace(result.data, validation=0))) is None


@pytest.mark.parametrize("epochs", [4, 8, 20, 60])
@pytest.mark.parametrize("noise", [0.02, 0.1])
def test_noise_is_not_taken_for_overfitting(with_curves, epochs: int, noise: float) -> None:
    """Validation stays where it is, give or take a tenth, while training goes on falling."""
    rng = np.random.default_rng(epochs)
    train = 2.3 * np.exp(-np.arange(epochs) / epochs * 4)
    for _ in range(100):
        flat = 0.3 * (1 + noise * rng.standard_normal(epochs))
        assert verdict(with_curves(train_loss=train, validation_loss=flat)) is None


def test_a_rise_is_seen_through_noise(with_curves) -> None:
    rng = np.random.default_rng(0)
    train = 2.3 * np.exp(-np.arange(30) / 6)
    for _ in range(100):
        rise = np.concatenate([np.linspace(1, 0.3, 6), np.linspace(0.31, 0.7, 24)]) * (
            1 + 0.05 * rng.standard_normal(30)
        )
        assert verdict(with_curves(train_loss=train, validation_loss=rise)) is not None


def test_a_run_of_very_many_epochs_is_judged_quickly(with_curves) -> None:
    epochs = 50_000
    rise = np.concatenate([np.linspace(1, 0.3, epochs // 2), np.linspace(0.3, 0.9, epochs // 2)])
    assert verdict(with_curves(train_loss=np.linspace(1, 0.01, epochs), validation_loss=rise)) is not None
