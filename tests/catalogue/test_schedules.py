"""Schedules go as torch's do, and what they need of a training is known before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import isclose, nan
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import lr_scheduler

from netspec.catalogue.schedules import Clock, Schedule, learning_rate, momentum, schedule_conflicts
from netspec.catalogue.schedules.constant import Constant
from netspec.catalogue.schedules.cosine import Cosine
from netspec.catalogue.schedules.cosine_restarts import CosineRestarts
from netspec.catalogue.schedules.cyclic import Cyclic
from netspec.catalogue.schedules.exponential import Exponential
from netspec.catalogue.schedules.linear import Linear
from netspec.catalogue.schedules.multi_step import MultiStep
from netspec.catalogue.schedules.one_cycle import OneCycle
from netspec.catalogue.schedules.plateau import Plateau
from netspec.catalogue.schedules.polynomial import Polynomial
from netspec.catalogue.schedules.step import Step
from netspec.catalogue.schedules.table import Table
from netspec.catalogue.schedules.warmup import Warmup
from netspec.catalogue.values import Quantity
from netspec.shapes import MisfitError

LR, MOMENTUM, EPOCH, EPOCHS = 0.1, 0.7, 7, 12
CLOCK = Clock(EPOCH, EPOCH * EPOCHS)
TOTAL = CLOCK.total

Torch = Callable[[torch.optim.Optimizer], lr_scheduler.LRScheduler]


def epochs(number: int) -> Quantity:
    return Quantity(number, "epochs")


def steps(number: int) -> Quantity:
    return Quantity(number, "steps")


def ours(schedule: Sequence[Schedule], clock: Clock = CLOCK, lr: float = LR) -> list[float]:
    return [learning_rate(schedule, lr, step, clock) for step in range(clock.total)]


def stepped(scheduler: Torch, count: int) -> Iterator[dict[str, Any]]:
    """The group of an optimizer with a scheduler of torch, before each time that it is stepped."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=LR, momentum=MOMENTUM)
    made = scheduler(optimizer)
    for _ in range(count):
        yield optimizer.param_groups[0]
        optimizer.step()
        made.step()


def torchs(scheduler: Torch, count: int) -> list[float]:
    return [group["lr"] for group in stepped(scheduler, count)]


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
    "cosine_restarts": (
        (CosineRestarts(every=steps(10), to=1e-3),),
        lambda optimizer: lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 10, eta_min=1e-3),
    ),
    "cosine_restarts, longer and longer": (
        (CosineRestarts(every=steps(5), mult=3),),
        lambda optimizer: lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 5, 3),
    ),
    "one_cycle": ((OneCycle(),), lambda optimizer: lr_scheduler.OneCycleLR(optimizer, LR, TOTAL)),
    "one_cycle in lines": (
        (OneCycle(pct_start=0.4, anneal_strategy="linear", div_factor=10.0, final_div_factor=5.0),),
        lambda optimizer: lr_scheduler.OneCycleLR(
            optimizer, LR, TOTAL, pct_start=0.4, anneal_strategy="linear", div_factor=10.0, final_div_factor=5.0
        ),
    ),
    "one_cycle in three phases": (
        (OneCycle(three_phase=True, base_momentum=0.5, max_momentum=0.8),),
        lambda optimizer: lr_scheduler.OneCycleLR(
            optimizer, LR, TOTAL, three_phase=True, base_momentum=0.5, max_momentum=0.8
        ),
    ),
    "one_cycle without momentum": (
        (OneCycle(cycle_momentum=False),),
        lambda optimizer: lr_scheduler.OneCycleLR(optimizer, LR, TOTAL, cycle_momentum=False),
    ),
    "cyclic": (
        (Cyclic(max_lr=0.5, up=steps(10)),),
        lambda optimizer: lr_scheduler.CyclicLR(optimizer, LR, 0.5, 10),
    ),
    "cyclic, half as high each time": (
        (Cyclic(max_lr=0.5, up=steps(5), down=steps(20), mode="triangular2", base_momentum=0.3),),
        lambda optimizer: lr_scheduler.CyclicLR(optimizer, LR, 0.5, 5, 20, "triangular2", base_momentum=0.3),
    ),
    "cyclic, lower and lower": (
        (Cyclic(max_lr=0.5, up=steps(9), down=steps(4), mode="exp_range", gamma=0.98, cycle_momentum=False),),
        lambda optimizer: lr_scheduler.CyclicLR(optimizer, LR, 0.5, 9, 4, "exp_range", 0.98, cycle_momentum=False),
    ),
    "constant": ((Constant(),), lambda optimizer: lr_scheduler.ConstantLR(optimizer, 1.0)),
    "constant at a part": (
        (Constant(over=steps(9), factor=0.2),),
        lambda optimizer: lr_scheduler.ConstantLR(optimizer, 0.2, 9),
    ),
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
    "cosine_restarts": (
        CosineRestarts(every=epochs(2), mult=2, to=1e-3, by="epoch"),
        lambda optimizer: lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 2, 2, eta_min=1e-3),
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


@pytest.mark.parametrize("name", BY_STEP)
@pytest.mark.filterwarnings("ignore:The epoch parameter in `scheduler.step")  # SequentialLR's own
def test_the_momentum_goes_as_torchs_does(name: str) -> None:
    schedule, scheduler = BY_STEP[name]
    found = [momentum(schedule, step, CLOCK) for step in range(TOTAL)]
    expected = [group["momentum"] for group in stepped(scheduler, TOTAL)]
    assert [MOMENTUM if value is None else value for value in found] == pytest.approx(expected, rel=1e-12)


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


def test_the_momentum_is_the_optimizers_before_a_cycle_and_stays_after_it() -> None:
    schedule = (Warmup(over=steps(10)), OneCycle(over=steps(20)))
    assert [momentum(schedule, step, CLOCK) for step in (0, 9)] == [None, None]
    assert [momentum(schedule, step, CLOCK) for step in (10, 29, 30, 80)] == [0.95] * 4
    assert momentum((*schedule, Constant()), 30, CLOCK) is None


def test_restarts_end_with_what_the_last_wave_leads_to() -> None:
    schedule = (CosineRestarts(every=steps(10), over=steps(20), to=0.01), Constant())
    found = ours(schedule)
    assert found[9] > 0.01 and found[10] == LR
    assert found[19] > 0.01 and found[20:] == [0.01] * (TOTAL - 20)


def test_a_table_is_read_from_its_times_on() -> None:
    found = ours((Warmup(over=steps(7)), Table(at=(steps(3), epochs(2)), lr=(0.5, 0.0))))
    assert found[7:10] == [LR] * 3
    assert found[10:21] == [0.5] * 11
    assert found[21:] == [0.0] * (TOTAL - 21)


VALUES = st.lists(st.sampled_from([0.0, 0.5, 0.9, 0.99995, 1.0, 1.5, 2.0, -1.0, nan]), max_size=30)


@given(
    VALUES,
    st.builds(
        Plateau,
        factor=st.sampled_from([0.1, 0.5]),
        patience=st.none() | st.builds(epochs, st.integers(1, 4)),
        threshold=st.sampled_from([0.0, 1e-4, 0.1]),
        threshold_mode=st.sampled_from(["rel", "abs"]),
        cooldown=st.none() | st.builds(epochs, st.integers(1, 3)),
        min_lr=st.sampled_from([0.0, 1e-3]),
        eps=st.sampled_from([0.0, 1e-8, 1e-3]),
        mode=st.sampled_from(["min", "max"]),
    ),
)
def test_a_plateau_is_torchs(values: list[float], plateau: Plateau) -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=LR)
    taken = plateau.model_dump(exclude={"over", "monitor", "patience", "cooldown"})
    patience, cooldown = (int(given.number) if given else 0 for given in (plateau.patience, plateau.cooldown))
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, patience=patience, cooldown=cooldown, **taken)
    history = tuple({plateau.monitor: value} for value in values)
    for epoch in range(len(values) + 1):
        clock = Clock(EPOCH, 40 * EPOCH, history[:epoch])
        assert learning_rate((plateau,), LR, epoch * EPOCH, clock) == optimizer.param_groups[0]["lr"]
        if epoch < len(values):
            scheduler.step(values[epoch])


def test_a_plateau_looks_at_the_epochs_that_end_within_it() -> None:
    schedule = (Warmup(over=epochs(2)), Plateau(patience=epochs(1), factor=0.5, over=epochs(4)), Constant())
    history = ({"validation.loss": 1.0},) * 12
    found = [learning_rate(schedule, 1.0, n * EPOCH, Clock(EPOCH, TOTAL, history[:n])) for n in range(12)]
    # the first epoch sets the bar, the second is waited for, the third is one too many
    assert found == [0.0, 0.5, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    ("monitor", "mode", "falls"),
    [
        ("validation.loss", "auto", True),
        ("validation.accuracy", "auto", False),
        ("validation.loss", "max", False),
        ("validation.accuracy", "min", True),
    ],
)
def test_which_way_is_better_is_known_from_the_name(monitor: str, mode: Any, falls: bool) -> None:
    """A value that rises and rises is no plateau where it is to be large."""
    plateau = Plateau(monitor=monitor, mode=mode, patience=epochs(1), factor=0.5)
    history = tuple({monitor: float(epoch)} for epoch in range(3))
    assert learning_rate((plateau,), LR, 3 * EPOCH, Clock(EPOCH, TOTAL, history)) == (LR / 2 if falls else LR)


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
    st.builds(CosineRestarts, over=QUANTITIES | st.none(), every=QUANTITIES, mult=st.integers(1, 3), to=RATES),
    st.builds(OneCycle, over=QUANTITIES | st.none(), pct_start=st.floats(0, 0.5), three_phase=st.booleans()),
    st.builds(Cyclic, over=QUANTITIES | st.none(), max_lr=st.floats(0.1, 1), up=QUANTITIES, down=QUANTITIES),
    st.builds(Table, over=QUANTITIES | st.none(), at=st.tuples(QUANTITIES), lr=st.tuples(RATES)),
    st.builds(Plateau, over=QUANTITIES | st.none(), factor=st.floats(0.1, 0.9)),
)


@given(st.lists(PARTS, max_size=4), st.integers(1, 9), st.integers(1, 9))
def test_any_schedule_has_a_learning_rate_for_every_step(schedule: list[Schedule], epoch: int, count: int) -> None:
    """Between the smallest and the largest that is written, and of a step the same whatever was asked before."""
    clock = Clock(epoch, epoch * count)
    found = ours(schedule, clock)
    written = [getattr(part, name) for part in schedule for name in ("to", "start", "max_lr") if hasattr(part, name)]
    written += [rate for part in schedule if isinstance(part, Table) for rate in part.lr]
    assert all(0 <= rate <= max([LR, *written]) * (1 + 1e-12) for rate in found)
    assert all(0 <= (momentum(schedule, step, clock) or 0) < 1 for step in range(clock.total))
    assert found[-1] == learning_rate(schedule, LR, clock.total - 1, clock)


@given(st.lists(PARTS, min_size=1, max_size=4), st.integers(1, 9), st.integers(1, 9))
def test_a_part_that_never_begins_is_reported_and_changes_nothing(
    schedule: list[Schedule], epoch: int, count: int
) -> None:
    clock = Clock(epoch, epoch * count)
    never = [place for place, misfit in schedule_conflicts(schedule, clock) if "never begins" in misfit.reason]
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
        ([CosineRestarts(every=epochs(12))], [(0, None, "`cosine_restarts` never comes to 12 epochs")]),
        ([Cyclic(max_lr=0.5)], [(0, None, "`cyclic` never comes to 2000 steps")]),
        ([Table(at=(epochs(3), epochs(12)), lr=(0.1, 0.2))], [(0, None, "`table` never comes to 12 epochs")]),
    ],
)
def test_a_training_that_is_too_short_is_told(schedule: list[Schedule], expected: list[tuple[Any, ...]]) -> None:
    found = list(schedule_conflicts(schedule, CLOCK))
    assert [(place, misfit.argument) for place, misfit in found] == [(place, name) for place, name, _ in expected]
    for (_, misfit), (_, _, reason) in zip(found, expected, strict=True):
        assert misfit.reason.startswith(reason)


@pytest.mark.parametrize(("batches", "accumulate", "epoch"), [(10, 1, 10), (10, 2, 5), (10, 3, 4), (3, 8, 1)])
def test_a_step_may_be_of_several_batches(batches: int, accumulate: int, epoch: int) -> None:
    assert Clock.of(batches, accumulate, 5) == Clock(epoch, 5 * epoch)


@pytest.mark.parametrize(
    ("schedule", "reason"),
    [
        (Warmup(), "how long"),
        (OneCycle(three_phase=True, pct_start=0.6), "at most 0.5"),
        (Table(at=(epochs(1), epochs(2)), lr=(0.1,)), "2 times need as many learning rates, not 1"),
        (Table(at=(epochs(2), epochs(1)), lr=(0.1, 0.2)), "1 epoch comes before 2 epochs"),
    ],
)
def test_what_doesnt_go_together_is_told(schedule: Schedule, reason: str) -> None:
    with pytest.raises(MisfitError, match=reason):
        schedule.check()


@given(st.integers(1, 14), st.integers(1, 4), st.integers(0, 6), st.integers(0, 5), st.integers(0, 1), st.booleans())
def test_a_plateau_that_can_never_act_is_told(
    epochs_: int, batches: int, patience: int, before: int, after: int, warm: bool
) -> None:
    """It is told if and only if no history of losses changes a learning rate."""
    clock = Clock.of(batches, 1, epochs_)
    warmup = (Constant(over=Quantity(before, "steps")),) if warm and before else ()
    waits = Quantity(patience, "epochs") if patience else None
    parts = (*warmup, Plateau(patience=waits, over=Quantity(epochs_ - 1, "epochs") if after and epochs_ > 1 else None))
    rising = tuple({"validation.loss": float(epoch)} for epoch in range(epochs_))
    rates = {
        learning_rate(parts, 1.0, step, replace(clock, history=rising[: step // batches]))
        for step in range(clock.total)
    }
    told = [misfit.reason for _, misfit in schedule_conflicts(parts, clock)]
    if any("never begins" in reason or "runs" in reason for reason in told):
        return
    assert any("never acts" in reason for reason in told) == (len(rates) == 1)


def test_the_times_of_a_table_come_in_their_order_whatever_their_units() -> None:
    table, clock = Table(at=(epochs(2), Quantity(5, "steps")), lr=(0.1, 0.2)), Clock.of(4, 1, 4)
    (misfit,) = table.conflicts(clock)
    assert misfit.reason == "5 steps isn't after 2 epochs: an epoch has 4 steps"
    assert not list(table.conflicts(Clock.of(2, 1, 4)))
    assert list(table.conflicts(Clock(5, 20))) and list(
        Table(at=(epochs(1), Quantity(5, "steps")), lr=(1, 2)).conflicts(Clock(5, 20))
    )
