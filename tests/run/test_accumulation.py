"""The gradient of accumulated batches is that of one large batch, for every loss with every weight, and the training
loss is that of all samples, whatever the size of the batches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from netspec.builder import build
from netspec.catalogue.entry import entries
from netspec.catalogue.losses import Loss, TaughtLoss
from netspec.data.prepare import prepare
from netspec.program.program import Program
from netspec.runner.store.checkpoint import load_weights
from tests.run.hand import CPU
from tests.runs import run_one
from tests.specs import check

WEIGHTS = ("balanced", "[1, 5, 25]", '[class_weight("setosa", 30)]', "none")
BY_CLASS = ("cross_entropy", "cross_entropy(label_smoothing=0.1, ", "nll", "focal", "multi_margin")
OF_THREE = {
    **{f"{name}{'' if name.endswith(', ') else '('}weight={weight})": 3 for name in BY_CLASS for weight in WEIGHTS},
    **{f"multilabel_soft_margin(weight={weight})": 3 for weight in WEIGHTS},
    "kl_div": 3,
    "binary_cross_entropy": 3,
    "binary_cross_entropy_with_logits(pos_weight=7)": 3,
    "sigmoid_focal(alpha=0.9)": 3,
    "multilabel_margin": 3,
    "mse": 3,
    "l1": 3,
    "smooth_l1": 3,
    "huber": 3,
    "hinge": 3,
    "soft_margin": 3,
    "cross_entropy(weight=[1, 5, 25]) + 0.5 * multi_margin(weight=[3, 1, 9]) + 0.1 * mse": 3,
}
OF_TWO = {
    "binary_cross_entropy_with_logits(pos_weight=7)": "linear(1)",
    "cross_entropy(weight=[1, 40])": "linear(2)",
    "hinge_embedding": "linear(1)",
    "margin_ranking": "linear(2)",
    "cosine_embedding": "linear(6) -> reshape([2, 3])",
}
OF_NUMBERS = {"mse": 1, "l1": 1, "huber": 1, "smooth_l1": 1, "poisson_nll": 1, "gaussian_nll": 2}
SPEC = """
data {{ source = {source}, transform = standardize(measured), test = 20%, batch_size = {size} }}
model {{ fc1: linear(8) -> tanh {model} }}
train {{ loss = {loss}, optimizer = sgd(lr={lr}), epochs = 1, accumulate = {accumulate}, {more}
        penalties = [l2(0.01)] }}
"""
LAST = {"nll": "-> log_softmax", "kl_div": "-> log_softmax", "binary_cross_entropy": "-> sigmoid"}


def spec(
    loss: str,
    source: str,
    model: str,
    size: int,
    accumulate: int,
    more: str = "seed = 0",
    lr: float = 0.05,
    folder: Path | None = None,
) -> Program:
    text = SPEC.format(loss=loss, source=source, model=model, size=size, accumulate=accumulate, more=more, lr=lr)
    return check(text, folder=folder or Path()).require()


def trained(program: Program, folder: Path) -> tuple[dict[str, torch.Tensor], float]:
    """The weights after the epoch, and its training loss."""
    result = run_one(program, out=folder, device="cpu")
    return load_weights(folder / "checkpoints" / "epoch-0001"), result.history[-1]["train.loss"]


def by_hand(program: Program, size: int) -> dict[str, torch.Tensor]:
    """An epoch in plain torch, each step of a batch of `size` at once."""
    data, network = prepare(program, CPU), build(program)
    criterion, batches = program.loss.build(data.classes), list(data.epoch(1))
    inputs, targets = torch.cat([values for (values,), _ in batches]), torch.cat([classes for _, classes in batches])
    weights = [parameter for parameter in network.parameters() if parameter.ndim > 1]
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
    for start in range(0, len(targets), size):
        part = slice(start, start + size)
        penalty = 0.01 * sum(weight.square().sum() for weight in weights)
        optimizer.zero_grad()
        (criterion(network(inputs[part]), targets[part]) + penalty).backward()
        optimizer.step()
    return network.state_dict()


CASES = [
    *(
        (loss, "iris()", f"-> linear({count}) {LAST.get(loss.partition('(')[0], '')}")
        for loss, count in OF_THREE.items()
    ),
    *((loss, "breast_cancer()", f"-> {model}") for loss, model in OF_TWO.items()),
    *((loss, 'csv("n.csv", target="y")', f"-> linear({count})") for loss, count in OF_NUMBERS.items()),
]


@pytest.mark.parametrize(("loss", "source", "model"), CASES, ids=[loss for loss, _, _ in CASES])
def test_accumulated_batches_are_one_large_batch(loss: str, source: str, model: str, tmp_path: Path) -> None:
    rows = "".join(f"{a:.3f},{b:.3f},{a * a + 0.5:.3f}\n" for a, b in np.random.default_rng(0).normal(size=(137, 2)))
    (tmp_path / "n.csv").write_text(f"a,b,y\n{rows}")
    program = spec(loss, source, model, 4, 4, folder=tmp_path)
    found, _ = trained(program, tmp_path / "run")
    for name, expected in by_hand(program, 16).items():
        torch.testing.assert_close(found[name], expected, rtol=0, atol=1e-6)


def test_every_loss_is_tried() -> None:
    against_targets = {entry.name() for entry in entries(Loss) if not issubclass(entry, TaughtLoss)}
    assert {loss.partition("(")[0].split()[0] for loss, _, _ in CASES} == against_targets


@pytest.mark.parametrize("loss", ["cross_entropy(weight=[1, 5, 25])", "nll(weight=[1, 5, 25]) + mse", "cross_entropy"])
def test_the_training_loss_is_that_of_all_samples(loss: str, tmp_path: Path) -> None:
    """At hardly any learning rate the network is the same in all batches."""
    found = []
    for size in (4, 7, 120):
        program = spec(loss, "iris()", "-> linear(3) -> log_softmax", size, 1, lr=1e-12)
        found.append(trained(program, tmp_path / str(size))[1])
    assert found == pytest.approx([found[-1]] * 3, rel=1e-6)


def test_mixed_samples_are_weighted_as_their_classes(tmp_path: Path) -> None:
    """Where all weights are the same they change nothing, mixed or not."""
    found = []
    for weight in ("none", "[3, 3, 3]"):
        program = spec(f"cross_entropy(weight={weight})", "iris()", "-> linear(3)", 4, 4, "mix = mixup(0.4)")
        found.append(trained(program, tmp_path / weight[0])[0])
    for name, values in found[0].items():
        torch.testing.assert_close(values, found[1][name], rtol=0, atol=1e-6)
