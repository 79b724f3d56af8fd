"""Penalties, constraints, noise, mixes and averages do what a person would write with torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn, update_bn

from netspec.builder import build
from netspec.catalogue.batch_mixes.cutmix import Cutmix
from netspec.catalogue.batch_mixes.mixup import Mixup
from netspec.catalogue.checkpoints.every import Every
from netspec.catalogue.constraints.keep_zeros import KeepZeros
from netspec.catalogue.constraints.max_norm import MaxNorm
from netspec.catalogue.gradient_noise.gradient_noise import GradientNoise
from netspec.catalogue.init_rules.from_file import FromFile
from netspec.catalogue.optimizers.adam import Adam
from netspec.catalogue.optimizers.sgd import SGD
from netspec.catalogue.penalties import Penalty
from netspec.catalogue.penalties.elastic import Elastic
from netspec.catalogue.penalties.l1 import L1
from netspec.catalogue.penalties.l2 import L2
from netspec.catalogue.values import Quantity
from netspec.catalogue.weight_averages.ema import EMA
from netspec.catalogue.weight_averages.swa import SWA
from netspec.data.prepare import prepare
from netspec.modules.losses import WeightedSum
from netspec.modules.sparsity import magnitude_masks, masked
from netspec.program.program import Program
from netspec.program.randomness import generator
from netspec.runner.events import EpochEnded, Finished, Halted
from netspec.runner.store.checkpoint import load_weights, moment_of
from netspec.runner.store.checkpoints import in_order
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.loop import train
from netspec.runner.train.mixing import MixedBatch
from netspec.runner.train.progress import Progress
from netspec.runner.train.step_control import StepControl
from netspec.runner.uses.verify_resume import StopAfter
from netspec.saved.moment import Moment
from tests.run.hand import BATCHES, CPU, EPOCHS, assert_equal, by_hand

RATE = 0.1


def stepping(network: nn.Module, optimizer: torch.optim.Optimizer, before=None, after=None, cost=None):
    """A step as it is written by hand, with what comes before and after the optimizer's."""

    def step(epoch: int, batch: int, loss: Tensor, size: int) -> None:
        optimizer.zero_grad()
        (loss + cost() if cost else loss).backward()
        number = epoch * BATCHES + batch
        if before:
            before(number)
        optimizer.step()
        if after:
            after(number)

    return step


def prepared(program: Program) -> tuple[nn.Module, torch.optim.Optimizer]:
    network = build(program).train()
    return network, torch.optim.SGD(network.parameters(), lr=RATE, fused=True)


@pytest.mark.parametrize(
    ("penalty", "formula"),
    [
        (L1(strength=0.01), lambda w: 0.01 * w.abs().sum()),
        (L2(strength=0.01), lambda w: 0.01 * (w**2).sum()),
        (Elastic(l1=0.01, l2=0.02), lambda w: 0.01 * w.abs().sum() + 0.02 * (w**2).sum()),
    ],
    ids=["l1", "l2", "elastic"],
)
def test_a_penalty_is_added_to_the_loss_for_all_weights_but_biases_and_norms(
    trained, penalty: Penalty, formula
) -> None:
    program, found = trained(optimizer=SGD(lr=RATE), penalties=(penalty,))
    network, optimizer = prepared(program)
    weights = [network.get_parameter(name) for name in ("fc1.weight", "fc2.weight")]
    expected = by_hand(program, network, stepping(network, optimizer, cost=lambda: sum(map(formula, weights))))
    for name, values in expected.items():
        torch.testing.assert_close(found[name], values)


def test_a_penalty_is_for_what_it_selects(trained) -> None:
    program, found = trained(
        optimizer=SGD(lr=RATE), penalties=(L2(strength=0.01, on="fc2"), L1(strength=0.1, on="*:bias"))
    )
    network, optimizer = prepared(program)
    named = dict(network.named_parameters())

    def cost() -> Tensor:
        squares = sum((named[name] ** 2).sum() for name in ("fc2.weight", "fc2.bias"))
        biases = [named[f"{layer}.bias"].abs().sum() for layer in ("fc1", "1", "fc2")]
        return 0.01 * squares + 0.1 * torch.stack(biases).sum()

    expected = by_hand(program, network, stepping(network, optimizer, cost=cost))
    for name, values in expected.items():
        torch.testing.assert_close(found[name], values)


def test_l2_is_half_a_weight_decay_with_sgd(trained) -> None:
    program, found = trained(optimizer=SGD(lr=RATE), penalties=(L2(strength=0.01, on="*"),))
    network = build(program).train()
    optimizer = torch.optim.SGD(network.parameters(), lr=RATE, weight_decay=0.02, fused=True)
    for name, values in by_hand(program, network, stepping(network, optimizer)).items():
        torch.testing.assert_close(found[name], values)


def test_the_loss_that_is_reported_is_the_one_without_penalties(make_program, tmp_path: Path) -> None:
    losses: list[float] = []
    for penalties in ((), (L1(strength=100.0),)):
        program = make_program(train={"optimizer": SGD(lr=1e-30), "penalties": penalties, "epochs": 1})
        with RunFolder(tmp_path / str(len(losses))) as folder:
            ended = [event for event in train(program, folder, CPU) if isinstance(event, EpochEnded)]
        losses.append(ended[0].values["train.loss"])
    assert losses[0] == losses[1]


def test_weights_are_held_to_a_largest_norm_of_each_unit(trained) -> None:
    program, found = trained(optimizer=SGD(lr=RATE), constraints=(MaxNorm(max_norm=0.5),))
    network, optimizer = prepared(program)

    def hold(_: int) -> None:
        with torch.no_grad():
            for name in ("fc1.weight", "fc2.weight"):
                weight = network.get_parameter(name)
                for row in weight:
                    row *= min(1.0, 0.5 / (float(row.norm()) + 1e-7))

    for name, values in by_hand(program, network, stepping(network, optimizer, after=hold)).items():
        torch.testing.assert_close(found[name], values)
    assert found["fc1.weight"].norm(dim=1).max() <= 0.5 + 1e-6


@pytest.mark.parametrize("optimizer", [SGD(lr=RATE, momentum=0.9, weight_decay=0.1), Adam(lr=0.01)])
def test_zeros_of_weights_stay_zeros_and_the_others_move(trained, make_program, tmp_path: Path, optimizer) -> None:
    state = {name: item.clone() for name, item in build(make_program()).state_dict().items()}
    state |= masked(state, magnitude_masks({"fc1.weight": state["fc1.weight"]}, 0.5))
    save_file(state, tmp_path / "sparse.safetensors")
    rule = FromFile(on="*", file=str(tmp_path / "sparse.safetensors"))
    _, found = trained(optimizer=optimizer, init=(rule,), constraints=(KeepZeros(),))
    zero = state["fc1.weight"] == 0
    assert int(zero.sum()) == zero.numel() // 2
    assert torch.equal(found["fc1.weight"] == 0, zero)
    assert bool((found["fc1.weight"] != state["fc1.weight"])[~zero].any())


def test_noise_is_added_to_the_gradients_and_fades(trained) -> None:
    program, found = trained(optimizer=SGD(lr=RATE), noise=GradientNoise(eta=0.01, gamma=0.55))
    network, optimizer = prepared(program)

    def add(number: int) -> None:
        chance = generator(program.train.seed, "noise", number)
        for parameter in network.parameters():
            assert parameter.grad is not None
            parameter.grad += (0.01 / (1 + number) ** 0.55) ** 0.5 * torch.randn(parameter.shape, generator=chance)

    assert_equal(found, by_hand(program, network, stepping(network, optimizer, before=add)))


# ---- averages ----


@pytest.mark.parametrize("warmup", [False, True])
def test_an_exponential_mean_is_torch_s(trained, warmup: bool) -> None:
    program, found = trained(optimizer=SGD(lr=RATE), average=EMA(decay=0.8, warmup=warmup))
    network, optimizer = prepared(program)
    fixed = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(0.8), use_buffers=True)

    def average(number: int) -> None:
        decay = min(0.8, (1 + number) / (10 + number)) if warmup else 0.8
        fixed.multi_avg_fn = get_ema_multi_avg_fn(decay)
        fixed.update_parameters(network)

    by_hand(program, network, stepping(network, optimizer, after=average))
    for name, values in fixed.module.state_dict().items():
        if values.is_floating_point():
            torch.testing.assert_close(found[name], values)


def test_the_equal_mean_is_torch_s_with_its_norms_measured_anew(trained) -> None:
    program, found = trained(optimizer=SGD(lr=RATE), average=SWA(start=Quantity(50, "%"), every=3))
    network, optimizer = prepared(program)
    mean = AveragedModel(network)
    start = EPOCHS * BATCHES // 2

    def average(number: int) -> None:
        if number >= start and (number - start) % 3 == 0:
            mean.update_parameters(network)

    by_hand(program, network, stepping(network, optimizer, after=average))
    update_bn([inputs[0] for inputs, _ in prepare(program, CPU).epoch(EPOCHS)], mean)
    for name, values in mean.module.state_dict().items():
        if values.is_floating_point():
            torch.testing.assert_close(found[name], values)


def test_until_something_is_averaged_the_weights_themselves_are_kept(trained) -> None:
    _, plain = trained(optimizer=SGD(lr=RATE))
    _, late = trained(optimizer=SGD(lr=RATE), average=SWA(start=Quantity(99, "%")))
    assert_equal(late, plain)


def assert_norms_measured(program: Program, checkpoint: Path) -> None:
    """Measured anew over the last epoch, the norms of the weights that are judged stay as they are."""
    found, network = load_weights(checkpoint), build(program)
    network.load_state_dict(found)
    update_bn([inputs[0] for inputs, _ in prepare(program, CPU).epoch(EPOCHS)], network)
    for name, values in network.state_dict().items():
        torch.testing.assert_close(found[name], values)


def test_a_mean_that_is_halted_or_saved_within_an_epoch_has_its_norms_measured(make_program, tmp_path: Path) -> None:
    average, checkpoint = SWA(start=Quantity(50, "%")), Every(interval=Quantity(1, "steps"), keep=4)
    program = make_program(train={"average": average, "checkpoint": checkpoint})
    with RunFolder(tmp_path / "run") as folder:
        *_, halted = train(program, folder, CPU, request=StopAfter(EPOCHS * BATCHES - 2))
    assert isinstance(halted, Halted)
    kept = [path for path in in_order(folder.checkpoints) if moment_of(path) > Moment(EPOCHS - 1)]
    assert len(kept) == 4
    for path in kept:
        assert_norms_measured(program, path)


def test_a_mean_is_judged_with_its_norms_measured_where_the_time_is_over(
    make_program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def should_stop(control: StepControl, progress: Progress) -> bool:
        return control.training.steps.until(progress.moment) == EPOCHS * BATCHES - 2

    monkeypatch.setattr(StepControl, "should_stop", should_stop)
    monkeypatch.setattr(StepControl, "out_of_time", True)
    monkeypatch.setattr("netspec.runner.train.state.NORM_BATCHES", 1)  # the whole epoch counts, in the end
    program = make_program(
        train={"average": SWA(start=Quantity(50, "%")), "optimizer": SGD(lr=RATE), "max_time": Quantity(1, "hours")}
    )
    with RunFolder(tmp_path / "run") as folder:
        *_, finished = train(program, folder, CPU)
    assert isinstance(finished, Finished)
    assert finished.result.test is not None
    assert finished.result.test.values["accuracy"] > 0.9
    (*_, newest) = in_order(folder.checkpoints)
    assert_norms_measured(program, newest)


# ---- mixes ----


def mixed(*mixes: Any, inputs: Tensor, number: int = 0) -> MixedBatch:
    return MixedBatch.of(((inputs,), torch.arange(len(inputs))), mixes, seed=0, epoch=1, index=number)


def test_mixup_takes_the_mean_of_two_samples_by_their_share() -> None:
    inputs = torch.rand(8, 3, 4, 4)
    batch = mixed(Mixup(alpha=1.0), inputs=inputs)
    torch.testing.assert_close(batch.inputs[0], batch.share * inputs + (1 - batch.share) * inputs.roll(1, 0))
    assert batch.others is not None
    assert batch.others.tolist() == [7, 0, 1, 2, 3, 4, 5, 6]


def test_cutmix_counts_the_pixels_of_each() -> None:
    inputs = torch.arange(8.0).view(8, 1, 1, 1).expand(8, 1, 16, 20)
    for number in range(50):
        batch = mixed(Cutmix(), inputs=inputs, number=number)
        own = (batch.inputs[0] == inputs).float().mean(dim=(1, 2, 3))
        torch.testing.assert_close(own, torch.full((8,), batch.share))


@pytest.mark.parametrize("mix", [Mixup(alpha=0.4), Cutmix(alpha=0.7)])
def test_the_share_is_spread_as_torchvision_spreads_it(mix: Mixup | Cutmix) -> None:
    from torchvision.transforms import v2

    name = "MixUp" if isinstance(mix, Mixup) else "CutMix"
    theirs = getattr(v2, name)(alpha=mix.alpha, num_classes=8)
    inputs, labels = torch.rand(8, 1, 16, 16), torch.arange(8)
    torch.manual_seed(0)
    expected = np.sort([float(theirs(inputs, labels)[1][0, 0]) for _ in range(1500)])
    found = np.sort([mixed(mix, inputs=inputs, number=number).share for number in range(1500)])
    # the largest distance of two empirical distributions of that many is below this in 999 of 1000 cases
    places = np.searchsorted(expected, found, side="right") / 1500 - np.arange(1, 1501) / 1500
    assert np.abs(places).max() < 1.95 * (2 / 1500) ** 0.5 + (0.02 if name == "CutMix" else 0)


def test_the_loss_of_a_mixed_batch_is_that_for_soft_targets() -> None:
    batch, output = mixed(Mixup(alpha=1.0), inputs=torch.rand(8, 5)), torch.randn(8, 8)
    assert batch.others is not None
    soft = nn.functional.one_hot(batch.targets, 8) * batch.share
    soft = soft + nn.functional.one_hot(batch.others, 8) * (1 - batch.share)
    (loss,) = batch.terms(WeightedSum([nn.CrossEntropyLoss()], [1]), output)
    torch.testing.assert_close(loss, nn.functional.cross_entropy(output, soft))


def test_of_several_mixes_each_comes_and_the_same_again() -> None:
    inputs = torch.rand(8, 1, 16, 16)
    shares = [mixed(Mixup(alpha=1.0), Cutmix(), inputs=inputs, number=number) for number in range(30)]
    again = [mixed(Mixup(alpha=1.0), Cutmix(), inputs=inputs, number=number) for number in range(30)]
    cut = [bool((batch.inputs[0] == inputs).any()) for batch in shares]
    assert any(cut)
    assert not all(cut)
    assert [batch.share for batch in shares] == [batch.share for batch in again]
