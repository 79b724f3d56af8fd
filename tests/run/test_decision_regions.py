"""The regions that a report draws are what the network predicts at each place, in the units of the data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from netspec.builder import build
from netspec.catalogue.fields.table import Table
from netspec.catalogue.metrics import Predictions
from netspec.data.points import MOST, Points
from netspec.data.prepare import PreparedData, load_splits, prepare
from netspec.data.split import subsample
from netspec.runner.decision_regions import SIDE, DecisionRegions
from netspec.runner.store.checkpoint import load_weights
from netspec.runner.uses.reload import reload
from tests.run.hand import CPU
from tests.runs import run_one
from tests.specs import check

ROWS = 120


def spec(folder: Path, more: str = "transform = standardize(measured), ") -> str:
    """A spec for a table of people: two numbers of very different sizes, and a class for each row."""
    rng = np.random.default_rng(0)
    tall = np.arange(ROWS) % 2
    height, weight = 1.6 + 0.2 * tall + 0.1 * rng.standard_normal(ROWS), 6e4 + 1e4 * rng.standard_normal(ROWS)
    rows = (f"{a},{b},{('short', 'tall')[t]}" for a, b, t in zip(height, weight, tall, strict=True))
    (folder / "people.csv").write_text("height,weight,size\n" + "\n".join(rows) + "\n")
    data = f'source = csv("people.csv", target="size"), {more}test = 40%'
    return f"data {{ {data} }}\nmodel {{ linear(8) -> relu -> dropout(0.5) -> linear(2) }}\ntrain {{ epochs = 2 }}\n"


def prepared(folder: Path, **settings: Any) -> PreparedData:
    return prepare(check(spec(folder, **settings), folder=folder).require(), CPU)


def regions(network: nn.Module, data: PreparedData) -> DecisionRegions | None:
    assert data.test is not None
    decisions = network.eval()(*data.test.inputs).argmax(1).numpy()
    return DecisionRegions.of(network, data, data.test, Predictions(data.test.targets.numpy(), decisions))


@pytest.mark.parametrize("more", ["", "transform = standardize(measured), ", "transform = min_max -> standardize, "])
def test_regions_are_those_of_torch_by_hand(tmp_path: Path, more: str) -> None:
    program = check(spec(tmp_path, more), folder=tmp_path).require()
    result = run_one(program, out=tmp_path / "run", device="cpu")
    found = result.report_samples.regions
    assert found is not None and found.classes.shape == (SIDE, SIDE)

    raw = load_splits(program)
    grid = np.stack(np.meshgrid(found.across, found.up), axis=-1).reshape(-1, 2)
    if more:
        train = raw.train.inputs[0]
        grid = (grid - train.mean(0)) / train.std(0)
    network = build(program)
    network.load_state_dict(load_weights(tmp_path / "run" / "checkpoints" / "epoch-0002"))
    with torch.inference_mode():
        outputs = network.eval()(torch.from_numpy(grid).float())
    margin = (outputs[:, 0] - outputs[:, 1]).abs().numpy()
    same = found.classes.reshape(-1) == outputs.argmax(1).numpy()
    assert same[margin > 1e-4 * margin.max()].all() and same.mean() > 0.99

    assert raw.test is not None and result.test is not None and result.test.predictions is not None
    np.testing.assert_allclose(found.points.values, raw.test.inputs[0], rtol=1e-5)
    assert found.points.axes == ("height", "weight") and found.points.labels == ("short", "tall")
    assert np.array_equal(found.points.targets, raw.test.targets)
    assert np.array_equal(found.wrong, result.test.predictions.decisions != raw.test.targets)

    again = reload(tmp_path / "run").report_samples.regions
    assert again is not None and np.array_equal(again.classes, found.classes)


def test_a_line_divides_the_plane_where_it_lies(tmp_path: Path) -> None:
    """Class 1 from 1.7 m on, whatever the weight: `up` grows with the weight, `across` with the height."""
    data = prepared(tmp_path, more="")
    line = nn.Linear(2, 2)
    line.weight.data, line.bias.data = torch.tensor([[0.0, 0.0], [1.0, 0.0]]), torch.tensor([1.7, 0.0])
    found = regions(line, data)
    assert found is not None
    assert np.array_equal(found.classes, np.broadcast_to(found.across > np.float32(1.7), (SIDE, SIDE)))
    assert found.across[0] < found.points.values[:, 0].min() and found.across[-1] > found.points.values[:, 0].max()
    assert found.up[0] < found.points.values[:, 1].min() and found.up[-1] > found.points.values[:, 1].max()


def test_the_network_is_left_in_its_mode(tmp_path: Path) -> None:
    data = prepared(tmp_path)
    network = build(data.program)
    assert data.test is not None
    predictions = Predictions(data.test.targets.numpy(), data.test.targets.numpy())
    for mode in (True, False):
        DecisionRegions.of(network.train(mode), data, data.test, predictions)
        assert network.training is mode


@pytest.mark.parametrize(
    ("source", "outputs"),
    [
        pytest.param("iris()", 3, id="four columns"),
        pytest.param('csv("t.csv", target="size", categories=["kind"], ignore=["a", "b", "c"])', 2, id="categories"),
        pytest.param('csv("t.csv", target=number("a"), ignore=["kind", "size"])', 1, id="numbers to predict"),
    ],
)
def test_other_samples_have_no_regions(tmp_path: Path, source: str, outputs: int) -> None:
    rows = "".join(f"{n / 10},{n % 7},{n % 5},{'uv'[n % 3 % 2]},{'st'[n % 2]}\n" for n in range(40))
    (tmp_path / "t.csv").write_text(f"a,b,c,kind,size\n{rows}")
    text = f"data {{ source = {source}, test = 40% }}\nmodel {{ linear({outputs}) }}\ntrain {{ epochs = 1 }}\n"
    program = check(text, folder=tmp_path).require()
    assert program.type.input.dims == ((4,) if outputs == 3 else (2,))
    assert run_one(program, out=tmp_path / "run", device="cpu").report_samples.regions is None


def test_points_are_those_of_a_class_with_two_finite_numbers(tmp_path: Path) -> None:
    type = prepared(tmp_path).program.type
    values, targets = np.array([[1.0, 2.0], [np.nan, 3.0], [4.0, 5.0]]), np.array([0, 1, 1])
    found = Points.of(type, values, targets)
    assert found is not None
    assert found.values.tolist() == [[1, 2], [4, 5]] and found.targets.tolist() == [0, 1]
    assert Points.of(type, values[1:2], targets[1:2]) is None
    assert Table(sizes=2).axes == ("column 0", "column 1")
    assert Table(sizes=3).axes is Table(sizes=(2, 2)).axes is None


def test_of_many_samples_some_are_drawn_and_always_the_same() -> None:
    assert subsample(7, MOST).tolist() == list(range(7))
    chosen = subsample(10 * MOST, MOST)
    assert len(set(chosen.tolist())) == MOST and chosen.max() < 10 * MOST
    assert np.array_equal(chosen, subsample(10 * MOST, MOST))
    assert 0.4 < (chosen % 2).mean() < 0.6, "classes that take turns both have theirs"
