"""Running statistics: frozen ones stay, those of averaged weights are measured again, a skipped batch leaves none."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from netspec.builder import build
from netspec.data.prepare import prepare
from netspec.problems import NetspecError
from netspec.program.program import Program
from netspec.program.randomness import seed_for
from netspec.runner.store.checkpoint import load_weights
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.loop import train
from tests.run.hand import CPU
from tests.specs import check

NORMS = {
    "batch": "batch_norm",
    "average of all batches": "batch_norm(momentum=none)",
    "without scale": "batch_norm(affine=false)",
    "instance": "instance_norm(track_running_stats=true, momentum=0.3)",
    "scaled instance": "instance_norm(affine=true, track_running_stats=true)",
}
SPEC = """
data {{ source = synthetic(image=[2, 5, 5], classes=3, samples=120), validation = 20, batch_size = 16 }}
model {{
  body: conv(4, 3)
  norm: {norm}
  relu -> flatten
  head: linear(3)
}}
train {{ optimizer = sgd(lr=0.1), epochs = 3, {settings} }}
"""


def run(program: Program, folder: Path) -> dict[str, Tensor]:
    with RunFolder(folder) as locked:
        for _ in train(program, locked, CPU):
            pass
    return load_weights(folder / "checkpoints" / "epoch-0003")


def stats(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value for name, value in weights.items() if "running" in name}


@pytest.mark.parametrize("norm", NORMS.values(), ids=NORMS)
@pytest.mark.parametrize("average", ["", "average = swa(start=50%)", "average = ema(0.9)"], ids=["", "swa", "ema"])
def test_the_statistics_of_a_frozen_layer_stay(norm: str, average: str, tmp_path: Path) -> None:
    program = check(SPEC.format(norm=norm, settings=f'freeze = ["body", "norm"], {average}')).require()
    first, last = stats(dict(build(program).state_dict())), stats(run(program, tmp_path / "run"))
    assert len(first) == 2
    for name, value in first.items():
        assert torch.equal(last[name], value), name


@pytest.mark.parametrize("norm", NORMS.values(), ids=NORMS)
def test_the_statistics_of_averaged_weights_are_the_mean_over_the_batches(norm: str, tmp_path: Path) -> None:
    program = check(SPEC.format(norm=norm, settings="average = swa(start=50%)")).require()
    found, (mean, batches) = run(program, tmp_path / "run"), by_hand(program)
    moments: list[tuple[Tensor, Tensor]] = []
    mean.eval()

    def measure(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        values = inputs[0].transpose(0, 1).flatten(2)  # channels, samples, pixels
        if "instance" in norm:
            moments.append((values.mean(2).mean(1), values.var(2).mean(1)))
        else:
            moments.append((values.flatten(1).mean(1), values.flatten(1).var(1)))

    mean.get_submodule("norm").register_forward_pre_hook(measure)
    with torch.no_grad():
        for inputs in batches:
            mean(inputs)
    for name, values in zip(("norm.running_mean", "norm.running_var"), zip(*moments, strict=True), strict=True):
        torch.testing.assert_close(found[name], torch.stack(values).mean(0), rtol=1e-4, atol=1e-6)


def by_hand(program: Program) -> tuple[nn.Module, list[Tensor]]:
    """The mean of the weights in plain torch, and the batches of the last epoch."""
    data, network = prepare(program, CPU), build(program)
    optimizer, mean, step = torch.optim.SGD(network.parameters(), lr=0.1), AveragedModel(network), 0
    epochs = [list(data.epoch(epoch)) for epoch in (1, 2, 3)]
    for epoch, batches in enumerate(epochs, 1):
        for batch, ((inputs,), targets) in enumerate(batches):
            torch.manual_seed(seed_for(program.train.seed, "batch", epoch, batch))
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(inputs), targets).backward()
            optimizer.step()
            if step >= -(-3 * len(batches) // 2):
                mean.update_parameters(network)
            step += 1
    return mean.module, [inputs for (inputs,), _ in epochs[-1]]


TABLE = """
data {{ source = csv("d.csv", target="y"), batch_size = 8 }}
model {{
  a = input
  (a * a) -> {norm} -> linear(2)
}}
train {{ optimizer = sgd(lr=0.1), epochs = 2, {settings} }}
"""


@pytest.fixture
def one_bad_row(tmp_path: Path) -> Path:
    rows = [f"{0.1 * i:.1f},{0.2 * i - 3:.1f},{i % 2}" for i in range(40)]
    rows[17] = "0.5,1e25,1"
    (tmp_path / "d.csv").write_text("\n".join(["a,b,y", *rows]))
    return tmp_path


@pytest.mark.parametrize("settings", ["", "accumulate = 2, ", "average = ema(0.9), ", "average = swa(start=10%), "])
def test_a_batch_that_is_left_out_leaves_the_statistics_as_they_were(one_bad_row: Path, settings: str) -> None:
    text = TABLE.format(norm="batch_norm", settings=f"{settings}on_nan = skip")
    program = check(text, folder=one_bad_row).require()
    with RunFolder(one_bad_row / "run") as locked:
        for _ in train(program, locked, CPU):
            pass
    weights = load_weights(one_bad_row / "run" / "checkpoints" / "epoch-0002")
    assert all(value.isfinite().all() for value in weights.values())
    # four of the five batches of each epoch; for averaged weights they are measured over the last one
    (batches,) = [int(value) for name, value in weights.items() if "num_batches" in name]
    assert batches == (4 if "swa" in settings else 8)


def test_what_overflowed_first_is_named(one_bad_row: Path) -> None:
    program = check(TABLE.format(norm="batch_norm", settings="on_nan = stop"), folder=one_bad_row).require()
    with pytest.raises(NetspecError) as error, RunFolder(one_bad_row / "run") as locked:
        for _ in train(program, locked, CPU):
            pass
    assert error.value.diagnostics[0].notes[0] == "`*` gives numbers that aren't finite"
