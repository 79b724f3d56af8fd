"""What is frozen for a while stays to the bit until then, and from there on is trained as torch would."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from netspec.builder import build
from netspec.builder.freeze import Freezer
from netspec.catalogue.freezes.freeze import Freeze
from netspec.catalogue.optimizers import Optimizer
from netspec.catalogue.optimizers.adamw import AdamW
from netspec.catalogue.optimizers.sgd import SGD
from netspec.catalogue.schedules import Clock
from netspec.catalogue.values import Quantity
from netspec.program.freezing import stages
from netspec.program.program import Program
from netspec.runner.store.checkpoint import load_weights
from netspec.runner.uses.verify_resume import final_state, run_through
from tests.run.hand import BATCHES, CPU, assert_equal, by_hand
from tests.specs import check

EPOCH, STEPS = Quantity(1, "epochs"), Quantity(11, "steps")
OPTIMIZERS: dict[str, tuple[Optimizer, Callable[..., torch.optim.Optimizer]]] = {
    "momentum": (
        SGD(lr=0.1, momentum=0.9, weight_decay=0.1),
        partial(torch.optim.SGD, lr=0.1, momentum=0.9, weight_decay=0.1),
    ),
    "adamw": (AdamW(lr=0.01), partial(torch.optim.AdamW, lr=0.01)),
}


@pytest.mark.parametrize(("until", "thaw"), [(EPOCH, BATCHES), (STEPS, 11)], ids=["at an epoch", "within an epoch"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_thaws_is_trained_as_a_group_that_is_added_to_the_optimizer(
    trained, name: str, until: Quantity, thaw: int
) -> None:
    entry, kind = OPTIMIZERS[name]
    program, found = trained(optimizer=entry, freeze=(Freeze(on=("fc1", "1"), until=until),))
    network = build(program).train()
    body = [network.get_submodule("fc1"), network.get_submodule("1")]
    for layer in body:
        layer.eval().requires_grad_(False)
    optimizer = kind(network.get_submodule("fc2").parameters(), fused=True)

    def step(epoch: int, batch: int, loss: Tensor, size: int) -> None:
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if epoch * BATCHES + batch + 1 == thaw:
            for layer in body:
                layer.train().requires_grad_(True)
                optimizer.add_param_group({"params": list(layer.parameters())})

    assert_equal(found, by_hand(program, network, step))


SPEC = """
data {{ source = synthetic(image=[2, 6, 6], classes=3, samples=160), validation = 20, batch_size = 16 }}
model {{
  stem: conv(4, 3, padding=1) -> norm: batch_norm -> relu
  body: {{ conv(4, 3, padding=1) -> batch_norm -> relu -> dropout(0.2) }}
  flatten
  head: linear(3)
}}
train {{ epochs = 4, {settings} }}
"""
STAGES = 'freeze = [freeze("body", until=2 epochs), freeze(["stem", "norm"], until=17 steps)]'
"""An epoch has 7 steps: the body thaws before step 14, the stem within the third epoch."""
SETTINGS = {
    "sgd": "optimizer = sgd(lr=0.1, momentum=0.9)",
    "adam": "optimizer = adam(lr=0.01)",
    "groups": 'optimizer = adamw(lr=0.01, layer_decay=0.5, groups=[group("*:bias", weight_decay=0)])',
    "two optimizers": 'optimizer = muon(lr=0.02, groups=[group(["*:bias", "norm", "stem", "body"], optimizer=adamw)])',
    "averaged": "average = ema(0.9)",
    "averaged later": "average = swa(start=20%)",
    "regularized": "accumulate = 2\n penalties = [l1(1e-3), l2(1e-3)]\n constraints = [max_norm(0.5)]",
    "noisy": "clip = clip_norm(0.1)\n noise = gradient_noise(1e-3)\n schedule = warmup(3 steps) -> cosine",
}


def program(settings: str, freeze: str = STAGES) -> Program:
    return check(SPEC.format(settings=f"checkpoint = every(1 epoch, keep=9)\n {freeze}\n {settings}")).require()


def weights(folder: Path, epoch: int) -> dict[str, Tensor]:
    return load_weights(folder / "checkpoints" / f"epoch-{epoch:04d}")


@pytest.mark.parametrize("name", SETTINGS)
def test_what_is_frozen_stays_to_the_bit_until_it_thaws(name: str, tmp_path: Path) -> None:
    spec = program(SETTINGS[name])
    run_through(spec, tmp_path, CPU)
    first = dict(build(spec).state_dict())

    def changed(epoch: int) -> set[str]:
        now = weights(tmp_path, epoch)
        return {key.partition(".")[0] for key in first if not torch.equal(first[key], now[key])}

    # two batches make a step where it accumulates: there an epoch has 4 steps, and 17 steps are more than four epochs
    scopes = {"head", "body"} if name == "regularized" else {"head", "body", "stem", "norm"}
    assert [changed(epoch) for epoch in (1, 2, 3, 4)] == [{"head"}, {"head"}, scopes, scopes]


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("halts", [(13,), (14,), (15,), (16, 17, 18), (3, 20)], ids=str)
def test_a_run_that_is_halted_on_either_side_of_a_thaw_ends_with_the_same_bits(
    name: str, halts: tuple[int, ...], tmp_path: Path, whole: dict[str, Path]
) -> None:
    spec = program(SETTINGS[name])
    for step in halts:
        run_through(spec, tmp_path, CPU, step)
    run_through(spec, tmp_path, CPU)
    expected, found = dict(final_state(whole[name])), dict(final_state(tmp_path))
    assert [part for part in expected if found.get(part) != expected[part]] == []


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The uninterrupted runs."""
    folder = tmp_path_factory.mktemp("whole")
    for name, settings in SETTINGS.items():
        run_through(program(settings), folder / name, CPU)
    return {name: folder / name for name in SETTINGS}


def test_what_thaws_when_the_training_is_over_is_as_if_it_was_frozen_for_good(tmp_path: Path) -> None:
    for name, freeze in {"a": 'freeze = ["body"]', "b": 'freeze = freeze("body", until=4 epochs)'}.items():
        run_through(program(SETTINGS["adam"], freeze), tmp_path / name, CPU)
    first, second = weights(tmp_path / "a", 4), weights(tmp_path / "b", 4)
    assert_equal(first, second)


def test_a_training_that_goes_back_before_a_thaw_is_frozen_again() -> None:
    spec = program(SETTINGS["sgd"])
    network = build(spec)
    freezer = Freezer(network, spec.graph, stages(spec.train, spec.graph, Clock(7, 28)))

    def learned() -> set[str]:
        return {name.partition(".")[0] for name, value in network.named_parameters() if value.requires_grad}

    norm = network.get_submodule("norm")
    assert isinstance(norm, nn.BatchNorm2d)
    found: list[tuple[set[str], bool]] = []
    for step in (0, 13, 14, 16, 17, 27, 14, 2):
        freezer.train(step)
        found.append((learned(), norm.training))
    head, body, all = {"head"}, {"head", "body"}, {"head", "body", "stem", "norm"}
    learnings = [head, head, body, body, all, all, body, head]
    assert found == [(names, names == all) for names in learnings]


def test_an_entry_that_comes_first_says_when_its_tensors_thaw_and_strings_freeze_for_good() -> None:
    freeze = (
        'freeze = ["body.0", freeze("body.1", until=1 epoch), freeze("body", until=2 epochs), "stem", "!stem.bias"]'
    )
    spec = program("", freeze.replace('"body", until', '["body", "norm"], until'))
    found = stages(spec.train, spec.graph, Clock(7, 28))
    assert [(stage.start, stage.stop) for stage in found] == [(0, 7), (7, 14), (14, 28)]
    frozen = [{name for name in stage.frozen if "num_batches" not in name and "running" not in name} for stage in found]
    for_good = {"body.0.weight", "body.0.bias", "stem.weight"}
    norm = {"norm.weight", "norm.bias"}
    assert frozen == [{*for_good, *norm, "body.1.weight", "body.1.bias"}, {*for_good, *norm}, for_good]
