"""Schedules go as torch's do, and what they need of a training is known before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isclose
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import lr_scheduler

from netspec.catalogue.schedules import Clock, Schedule, learning_rate, schedule_misfits
from netspec.catalogue.schedules.constant import Constant
from netspec.catalogue.schedules.cosine import Cosine
from netspec.catalogue.schedules.exponential import Exponential
from netspec.catalogue.schedules.linear import Linear
from netspec.catalogue.schedules.multi_step import MultiStep
from netspec.catalogue.schedules.polynomial import Polynomial
from netspec.catalogue.schedules.step import Step
from netspec.catalogue.schedules.warmup import Warmup
from netspec.catalogue.values import Quantity
from netspec.shapes import Misfit

LR, EPOCH, EPOCHS = 0.1, 7, 12
CLOCK = Clock(EPOCH, EPOCH * EPOCHS)
TOTAL = CLOCK.total

Torch = Callable[[torch.optim.Optimizer], lr_scheduler.LRScheduler]


def epochs(number: int) -> Quantity:
    return Quantity(number, "epochs")


def steps(number: int) -> Quantity:
    return Quantity(number, "steps")


def ours(schedule: Sequence[Schedule], clock: Clock = CLOCK, lr: float = LR) -> list[float]:
    return [learning_rate(schedule, lr, step, clock) for step in range(clock.total)]


def torchs(scheduler: Torch, count: int) -> list[float]:
    """The learning rates of a scheduler of torch, one before each time that it is stepped."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=LR)
    made, found = scheduler(optimizer), list[float]()
    for _ in range(count):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        made.step()
    return found


def held(rates: list[float]) -> list[float]:
    """Learning rates of epochs as those of steps."""
    return [rate for rate in rates for _ in range(EPOCH)]


BY_STEP: dict[str, tuple[tuple[Schedule, ...], Torch]] = {
    "cosine": (
        (Cosine(to=1e-3),),
        lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, TOTAL, eta_min=1e-3),
    ),
    "linear": (
        (Linear(to=1e-3),),
        lambda optimizer: lr_scheduler.LinearLR(optimizer, 1.0, 1e-3 / LR, TOTAL),
    ),
    "linear, then as it is": (
        (Linear(to=0.02, over=steps(30)),),
        lambda optimizer: lr_scheduler.LinearLR(optimizer, 1.0, 0.2, 30),
    ),
    "polynomial": (
        (Polynomial(power=0.9),),
        lambda optimizer: lr_scheduler.PolynomialLR(optimizer, TOTAL, power=0.9),
    ),
    "step": (
        (Step(every=steps(10), gamma=0.5),),
        lambda optimizer: lr_scheduler.StepLR(optimizer, 10, gamma=0.5),
    ),
    "multi_step": (
        (MultiStep(at=(steps(5), steps(50)), gamma=0.3),),
        lambda optimizer: lr_scheduler.MultiStepLR(optimizer, [5, 50], gamma=0.3),
    ),
    "exponential": (
        (Exponential(gamma=0.9),),
        lambda optimizer: lr_scheduler.ExponentialLR(optimizer, 0.9 ** (1 / EPOCH)),
    ),
    "constant": ((Constant(),), lambda optimizer: lr_scheduler.ConstantLR(optimizer, 1.0)),
    "warmup, then as it is": (
        (Warmup(over=steps(20), start=0.01),),
        lambda optimizer: lr_scheduler.LinearLR(optimizer, 0.1, 1.0, 20),
    ),
    "warmup -> cosine": (
        (Warmup(over=epochs(2), start=0.01), Cosine(to=1e-3)),
        lambda optimizer: lr_scheduler.SequentialLR(
            optimizer,
            [
                lr_scheduler.LinearLR(optimizer, 0.1, 1.0, 2 * EPOCH),
                lr_scheduler.CosineAnnealingLR(optimizer, TOTAL - 2 * EPOCH, eta_min=1e-3),
            ],
            [2 * EPOCH],
        ),
    ),
}

BY_EPOCH: dict[str, tuple[Schedule, Torch]] = {
    "cosine": (
        Cosine(to=1e-3, by="epoch"),
        lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS, eta_min=1e-3),
    ),
    "linear": (
        Linear(to=1e-3, by="epoch"),
        lambda optimizer: lr_scheduler.LinearLR(optimizer, 1.0, 1e-3 / LR, EPOCHS),
    ),
    "polynomial": (
        Polynomial(power=2.0, by="epoch"),
        lambda optimizer: lr_scheduler.PolynomialLR(optimizer, EPOCHS, power=2.0),
    ),
    "step": (Step(every=epochs(3)), lambda optimizer: lr_scheduler.StepLR(optimizer, 3)),
    "multi_step": (
        MultiStep(at=(epochs(4), epochs(9))),
        lambda optimizer: lr_scheduler.MultiStepLR(optimizer, [4, 9]),
    ),
    "exponential as steps": (
        Step(every=epochs(1), gamma=0.9),
        lambda optimizer: lr_scheduler.ExponentialLR(optimizer, 0.9),
    ),
}


@pytest.mark.parametrize("name", BY_STEP)
@pytest.mark.filterwarnings("ignore:The epoch parameter in `scheduler.step")  # SequentialLR's own
def test_it_is_torchs_stepped_with_each_step(name: str) -> None:
    schedule, scheduler = BY_STEP[name]
    assert ours(schedule) == pytest.approx(torchs(scheduler, TOTAL), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", BY_EPOCH)
def test_it_is_torchs_stepped_with_each_epoch(name: str) -> None:
    schedule, scheduler = BY_EPOCH[name]
    assert ours([schedule]) == pytest.approx(held(torchs(scheduler, EPOCHS)), rel=1e-12, abs=1e-12)


def test_exponential_is_torchs_at_the_beginning_of_each_epoch() -> None:
    expected = torchs(lambda optimizer: lr_scheduler.ExponentialLR(optimizer, 0.9), EPOCHS)
    assert ours([Exponential(gamma=0.9)])[::EPOCH] == pytest.approx(expected, rel=1e-12)


def test_each_part_takes_what_the_one_before_it_ends_with() -> None:
    schedule = (Linear(to=0.05, over=steps(10)), Constant(over=steps(5)), Cosine(to=0.0, over=steps(20)))
    found = ours(schedule)
    assert found[0] == LR
    assert found[10:16] == [0.05] * 6
    assert found[35:] == [0.0] * (TOTAL - 35)
    assert found == sorted(found, reverse=True)


def test_without_a_schedule_the_learning_rate_is_the_optimizers() -> None:
    assert ours([]) == [LR] * TOTAL


QUANTITIES = st.builds(Quantity, st.integers(1, 9), st.sampled_from(["epochs", "steps"]))
RATES = st.floats(0, 1)
FACTORS = st.floats(0.1, 1)
PARTS = st.one_of(
    st.builds(Warmup, over=QUANTITIES, start=RATES),
    st.builds(Constant, over=QUANTITIES | st.none()),
    st.builds(Linear, over=QUANTITIES | st.none(), to=RATES, by=st.sampled_from(["step", "epoch"])),
    st.builds(Cosine, over=QUANTITIES | st.none(), to=RATES, by=st.sampled_from(["step", "epoch"])),
    st.builds(Polynomial, over=QUANTITIES | st.none(), to=RATES, power=st.floats(0.1, 4)),
    st.builds(Exponential, over=QUANTITIES | st.none(), gamma=FACTORS),
    st.builds(Step, over=QUANTITIES | st.none(), every=QUANTITIES, gamma=FACTORS),
    st.builds(MultiStep, over=QUANTITIES | st.none(), at=st.tuples(QUANTITIES, QUANTITIES), gamma=FACTORS),
)


@given(st.lists(PARTS, max_size=4), st.integers(1, 9), st.integers(1, 9))
def test_any_schedule_has_a_learning_rate_for_every_step(schedule: list[Schedule], epoch: int, count: int) -> None:
    """Between the smallest and the largest that is written, and of a step the same whatever was asked before."""
    clock = Clock(epoch, epoch * count)
    found = ours(schedule, clock)
    written = [getattr(part, name) for part in schedule for name in ("to", "start") if hasattr(part, name)]
    assert all(0 <= rate <= max([LR, *written]) * (1 + 1e-12) for rate in found)
    assert found[-1] == learning_rate(schedule, LR, clock.total - 1, clock)


@given(st.lists(PARTS, min_size=1, max_size=4), st.integers(1, 9), st.integers(1, 9))
def test_a_part_that_never_begins_is_reported_and_changes_nothing(
    schedule: list[Schedule], epoch: int, count: int
) -> None:
    clock = Clock(epoch, epoch * count)
    never = [place for place, misfit in schedule_misfits(schedule, clock) if "never begins" in misfit.reason]
    rest = [part for place, part in enumerate(schedule) if place not in never]
    assert never == list(range(len(rest), len(schedule)))
    assert all(map(isclose, ours(schedule, clock), ours(rest, clock)))


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ([Warmup(over=epochs(2)), Cosine()], []),
        ([Warmup(over=epochs(12))], []),
        ([Cosine(over=steps(3))], []),
        ([Warmup(over=epochs(13))], [(0, "over", "`warmup` runs 13 epochs, and the training has 84 steps")]),
        (
            [Warmup(over=steps(80)), Constant(over=epochs(1))],
            [(1, "over", "`constant` runs 1 epoch, and the training has 84 steps, 7 in an epoch, and 80 of them come")],
        ),
        ([Warmup(over=epochs(12)), Cosine()], [(1, None, "`cosine` never begins: the training has 84 steps")]),
        ([Cosine(), Constant()], [(1, None, "`constant` never begins: `cosine` before it runs to the training's end")]),
        ([Step(every=epochs(30))], [(0, None, "`step` never comes to 30 epochs: it runs 84 steps")]),
        ([Step(every=epochs(12))], [(0, None, "`step` never comes to 12 epochs")]),
        ([MultiStep(at=(epochs(3), epochs(30)))], [(0, None, "`multi_step` never comes to 30 epochs")]),
    ],
)
def test_a_training_that_is_too_short_is_told(schedule: list[Schedule], expected: list[tuple[Any, ...]]) -> None:
    found = list(schedule_misfits(schedule, CLOCK))
    assert [(place, misfit.argument) for place, misfit in found] == [(place, name) for place, name, _ in expected]
    for (_, misfit), (_, _, reason) in zip(found, expected, strict=True):
        assert misfit.reason.startswith(reason)


@pytest.mark.parametrize(("batches", "accumulate", "epoch"), [(10, 1, 10), (10, 2, 5), (10, 3, 4), (3, 8, 1)])
def test_a_step_may_be_of_several_batches(batches: int, accumulate: int, epoch: int) -> None:
    assert Clock.of(batches, accumulate, 5) == Clock(epoch, 5 * epoch)


def test_a_warmup_is_told_how_long_it_runs() -> None:
    with pytest.raises(Misfit, match="how long"):
        Warmup().check()
