"""Steps of the optimizer are those that a person would write with torch, bit for bit."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Literal

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.optim import lr_scheduler

from netspec.builder import build
from netspec.catalogue.clips.clip_norm import ClipNorm
from netspec.catalogue.clips.clip_value import ClipValue
from netspec.catalogue.optimizers.adamw import AdamW
from netspec.catalogue.optimizers.asgd import ASGD
from netspec.catalogue.optimizers.groups.group import Group
from netspec.catalogue.optimizers.lbfgs import LBFGS
from netspec.catalogue.optimizers.muon import Muon
from netspec.catalogue.optimizers.sgd import SGD
from netspec.catalogue.penalties.l2 import L2
from netspec.catalogue.schedules.cosine import Cosine
from netspec.catalogue.schedules.multi_step import MultiStep
from netspec.catalogue.schedules.one_cycle import OneCycle
from netspec.catalogue.schedules.plateau import Plateau
from netspec.catalogue.schedules.step import Step
from netspec.catalogue.schedules.warmup import Warmup
from netspec.catalogue.values import Quantity
from netspec.data.prepare import prepare
from netspec.program.randomness import seed_for
from netspec.runner.store.checkpoint import load_weights
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.loop import train
from netspec.runner.train.steps import Steps, loss_scales
from tests.run.hand import BATCHES, CPU, EPOCHS, assert_equal, by_hand


def test_a_schedule_that_changes_with_the_epochs(trained) -> None:
    program, found = trained(optimizer=SGD(lr=0.5), schedule=(Step(every=Quantity(1, "epochs"), gamma=0.5),))
    network = build(program).train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5, fused=True)
    scheduler = lr_scheduler.StepLR(optimizer, 1, gamma=0.5)

    def step(epoch: int, batch: int, loss: Tensor, size: int) -> None:
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if batch + 1 == BATCHES:
            scheduler.step()

    assert_equal(found, by_hand(program, network, step))


def test_a_schedule_that_changes_with_the_steps(trained) -> None:
    at = (Quantity(3, "steps"), Quantity(2, "epochs"))
    program, found = trained(optimizer=SGD(lr=0.5), schedule=(MultiStep(at=at, gamma=0.5),))
    network = build(program).train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5, fused=True)
    scheduler = lr_scheduler.MultiStepLR(optimizer, [3, 2 * BATCHES], gamma=0.5)

    def step(epoch: int, batch: int, loss: Tensor, size: int) -> None:
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()

    assert_equal(found, by_hand(program, network, step))


@pytest.mark.parametrize(
    ("optimizer", "by_torch"),
    [
        (SGD(lr=0.1, momentum=0.3), lambda parameters: torch.optim.SGD(parameters, lr=0.1, momentum=0.3, fused=True)),
        (AdamW(lr=0.01), lambda parameters: torch.optim.AdamW(parameters, lr=0.01, fused=True)),
    ],
    ids=["momentum", "betas"],
)
def test_a_schedule_that_moves_the_momentum(trained, optimizer, by_torch) -> None:
    program, found = trained(optimizer=optimizer, schedule=(OneCycle(anneal_strategy="linear"),))
    network = build(program).train()
    theirs = by_torch(network.parameters())
    scheduler = lr_scheduler.OneCycleLR(theirs, optimizer.lr, EPOCHS * BATCHES, anneal_strategy="linear")

    def step(epoch: int, batch: int, loss: Tensor, size: int) -> None:
        theirs.zero_grad()
        loss.backward()
        theirs.step()
        scheduler.step()

    for name, tensor in by_hand(program, network, step).items():
        assert torch.allclose(found[name], tensor, rtol=1e-4, atol=1e-6), name


def test_a_schedule_that_follows_a_measured_value(trained) -> None:
    """Nothing is better by so much, so that each epoch after the first one is one too many."""
    plateau = Plateau(factor=0.5, patience=None, threshold=1e9, threshold_mode="abs")
    program, found = trained(optimizer=SGD(lr=0.5), schedule=(plateau,))
    network = build(program).train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5, fused=True)

    def step(epoch: int, batch: int, loss: Tensor, size: int) -> None:
        optimizer.param_groups[0]["lr"] = (0.5, 0.5, 0.25)[epoch]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    assert_equal(found, by_hand(program, network, step))


@pytest.mark.parametrize(
    ("clip", "by_torch"),
    [
        (ClipNorm(max_norm=0.1), lambda parameters: nn.utils.clip_grad_norm_(parameters, 0.1)),
        (ClipNorm(max_norm=0.1, norm_type=1.0), lambda parameters: nn.utils.clip_grad_norm_(parameters, 0.1, 1.0)),
        (ClipValue(clip_value=0.01), lambda parameters: nn.utils.clip_grad_value_(parameters, 0.01)),
    ],
    ids=["norm", "norm of absolute values", "value"],
)
def test_clipped_gradients(trained, clip, by_torch) -> None:
    program, found = trained(optimizer=SGD(lr=0.5), clip=clip)
    network = build(program).train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5, fused=True)

    def step(epoch: int, batch: int, loss: Tensor, size: int) -> None:
        optimizer.zero_grad()
        loss.backward()
        by_torch(network.parameters())
        optimizer.step()

    assert_equal(found, by_hand(program, network, step))


def test_groups_with_values_of_their_own(trained) -> None:
    groups = (Group(on="*:bias", weight_decay=0.0), Group(on=("fc1", "1"), lr=1e-4))
    program, found = trained(optimizer=AdamW(lr=1e-2, weight_decay=0.1, groups=groups))
    network = build(program).train()
    parameters = dict(network.named_parameters())
    optimizer = torch.optim.AdamW(
        [
            {"params": [parameters[f"{name}.bias"] for name in ("fc1", "1", "fc2")], "weight_decay": 0.0},
            {"params": [parameters["fc1.weight"], parameters["1.weight"]], "lr": 1e-4},
            {"params": [parameters["fc2.weight"]]},
        ],
        lr=1e-2,
        weight_decay=0.1,
        fused=True,
    )

    def step(epoch: int, batch: int, loss: Tensor, size: int) -> None:
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    assert_equal(found, by_hand(program, network, step))


@pytest.mark.parametrize("line_search_fn", [None, "strong_wolfe"])
def test_an_optimizer_that_evaluates_the_batch_again(trained, line_search_fn: Literal["strong_wolfe"] | None) -> None:
    """With the same dropout each time."""
    program, found = trained(
        optimizer=LBFGS(lr=0.1, max_iter=5, line_search_fn=line_search_fn), penalties=(L2(strength=1e-3),)
    )
    network = build(program).train()
    weights = [parameter for parameter in network.parameters() if parameter.ndim > 1]
    optimizer = torch.optim.LBFGS(network.parameters(), lr=0.1, max_iter=5, line_search_fn=line_search_fn)

    def evaluate(chance: int, inputs: tuple[Tensor, ...], targets: Tensor) -> Tensor:
        torch.manual_seed(chance)
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(*inputs), targets) + program.train.penalties[0].compute(weights)
        loss.backward()
        return loss

    data = prepare(program, CPU)
    for epoch in range(1, EPOCHS + 1):
        for number, batch in enumerate(data.epoch(epoch)):
            optimizer.step(partial(evaluate, seed_for(program.train.seed, "batch", epoch, number), *batch))
    assert_equal(found, network.state_dict())


def test_layers_with_smaller_and_smaller_learning_rates(trained) -> None:
    groups = (Group(on="*:bias", lr=1e-3),)
    program, found = trained(optimizer=AdamW(lr=1e-2, layer_decay=0.5, groups=groups))
    network = build(program).train()
    parameters = dict(network.named_parameters())
    rates = {
        "fc1.bias": 5e-4,
        "1.bias": 5e-4,
        "fc2.bias": 1e-3,
        "fc1.weight": 5e-3,
        "1.weight": 5e-3,
        "fc2.weight": 1e-2,
    }
    optimizer = torch.optim.AdamW([{"params": [parameters[name]], "lr": lr} for name, lr in rates.items()], fused=True)

    def step(epoch: int, batch: int, loss: Tensor, size: int) -> None:
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    assert_equal(found, by_hand(program, network, step))


def test_a_group_with_an_optimizer_of_its_own(trained) -> None:
    groups = (Group(on=("*:bias", "1"), optimizer=AdamW(lr=1e-2)), Group(on="fc2", lr=0.1))
    schedule = (Step(every=Quantity(4, "steps"), gamma=0.5),)
    program, found = trained(optimizer=Muon(lr=0.02, groups=groups), schedule=schedule)
    network = build(program).train()
    parameters = dict(network.named_parameters())
    optimizers = [
        torch.optim.Muon(
            [{"params": [parameters["fc2.weight"]], "lr": 0.1}, {"params": [parameters["fc1.weight"]]}], lr=0.02
        ),
        torch.optim.AdamW(
            [parameters[name] for name in ("fc1.bias", "1.weight", "1.bias", "fc2.bias")], lr=1e-2, fused=True
        ),
    ]
    schedulers = [lr_scheduler.StepLR(optimizer, 4, gamma=0.5) for optimizer in optimizers]

    def step(epoch: int, batch: int, loss: Tensor, size: int) -> None:
        network.zero_grad()
        loss.backward()
        for optimizer, scheduler in zip(optimizers, schedulers, strict=True):
            optimizer.step()
            scheduler.step()

    assert_equal(found, by_hand(program, network, step))


def test_a_schedule_begins_with_the_learning_rate_of_each_group(trained) -> None:
    program, found = trained(
        optimizer=SGD(lr=0.5, groups=(Group(on="fc2", lr=0.1),)),
        schedule=(Step(every=Quantity(4, "steps"), gamma=0.5),),
    )
    network = build(program).train()
    head = list(network.get_submodule("fc2").parameters())
    body = [parameter for name, parameter in network.named_parameters() if not name.startswith("fc2")]
    optimizer = torch.optim.SGD([{"params": head, "lr": 0.1}, {"params": body}], lr=0.5, fused=True)
    scheduler = lr_scheduler.StepLR(optimizer, 4, gamma=0.5)

    def step(epoch: int, batch: int, loss: Tensor, size: int) -> None:
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()

    assert_equal(found, by_hand(program, network, step))


@pytest.mark.parametrize("accumulate", [2, 3, BATCHES])
def test_batches_that_make_a_step_together(trained, accumulate: int) -> None:
    """The gradient of a step is the mean over all its samples, also where its batches aren't of the same size."""
    program, found = trained(optimizer=SGD(lr=0.5), accumulate=accumulate)
    network = build(program).train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5, fused=True)
    waiting: list[int] = []

    def step(epoch: int, batch: int, loss: Tensor, size: int) -> None:
        waiting.append(size)
        (loss * size).backward()
        if len(waiting) < accumulate and batch + 1 < BATCHES:
            return
        for parameter in network.parameters():
            assert parameter.grad is not None
            parameter.grad /= sum(waiting)
        optimizer.step()
        optimizer.zero_grad()
        waiting.clear()

    expected = by_hand(program, network, step)
    for name, tensor in expected.items():
        assert torch.allclose(found[name], tensor, rtol=1e-4, atol=1e-6), name


def test_frozen_layers_stay_as_they_are(trained) -> None:
    program, found = trained(optimizer=SGD(lr=0.5), freeze=("fc1", "1"))
    network = build(program).train()
    # the batch norm keeps its running mean and variance
    network.get_submodule("1").eval()
    optimizer = torch.optim.SGD(network.get_submodule("fc2").parameters(), lr=0.5, fused=True)

    def step(epoch: int, batch: int, loss: Tensor, size: int) -> None:
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    first = build(program).state_dict()
    assert_equal(found, by_hand(program, network, step))
    changed = {name for name in first if not torch.equal(first[name], found[name])}
    assert changed == {"fc2.weight", "fc2.bias"}


def test_a_warmup_from_nothing_begins_with_a_step_that_changes_no_weight(make_program, tmp_path: Path) -> None:
    schedule = (Warmup(over=Quantity(1, "epochs")), Cosine())
    program = make_program(
        data={"batch_size": 240}, train={"schedule": schedule, "epochs": 1, "optimizer": SGD(lr=1.0)}
    )
    with RunFolder(tmp_path / "run") as folder:
        for _ in train(program, folder, CPU):
            pass
        found = load_weights(folder.path / "checkpoints" / "epoch-0001")
    assert_equal(found, dict(build(program).named_parameters()))


@given(st.lists(st.integers(1, 64), min_size=1, max_size=20), st.integers(1, 25))
def test_the_shares_of_a_step_make_a_whole(sizes: list[int], accumulate: int) -> None:
    found = loss_scales(sizes, accumulate)
    assert len(found) == len(sizes)
    for start in range(0, len(sizes), accumulate):
        assert sum(found[start : start + accumulate]) == pytest.approx(1)
    if accumulate == 1:
        assert set(found) == {1.0}


def test_the_steps_of_asgd_are_loaded_to_where_it_counts_them(make_program) -> None:
    """`meta` stands for an accelerator."""
    program = make_program(train={"epochs": EPOCHS, "optimizer": ASGD(lr=0.1)})
    before = Steps.of(program, build(program), [BATCHES])
    for parameter in before.parameters:
        parameter.grad = torch.ones_like(parameter)
    before.optimizers[0].step()
    after = Steps.of(program, build(program).to("meta"), [BATCHES])
    after.load(before.state())
    assert {remembered["step"].device.type for remembered in after.optimizers[0].state.values()} == {"meta"}
