"""A new kind of target is one file, with a loss and a metric that are for it: every verb knows what to do with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.open.extension import Extended

TARGET = '''
"""A position in an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.targets import Target
from netspec.catalogue.values import PositiveInt

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor


class Position(Target):
    """A position, [2] float32: its row and its column."""

    positional: ClassVar = ("size",)
    examples: ClassVar = (Example("position(8)"),)
    noun: ClassVar = "positions"
    usual_loss: ClassVar = "squared_distance"
    usual_metrics: ClassVar = ("mean_distance",)

    size: Annotated[PositiveInt, Field(description="how many rows and columns there are")]

    def __str__(self) -> str:
        return f"position[{self.size}]"

    def parts(self, targets: np.ndarray) -> dict[str, np.ndarray]:
        return {"row": targets[:, 0], "column": targets[:, 1]}

    def text(self, value: Any) -> str:
        return f"({value[0]:.1f}, {value[1]:.1f})"

    def decide(self, output: Tensor, middle: float = 0.0) -> Tensor:
        return output

    def unlearned(self, decisions: np.ndarray, targets: np.ndarray) -> float:
        return float(((targets - decisions) ** 2).mean() / (targets.var() or 1.0))

    def prediction(self, decision: Any, probabilities: list[float] | None) -> dict[str, Any]:
        return {"row": float(decision[0]), "column": float(decision[1])}
'''

LOSS = '''
"""Squared distance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.losses import Loss
from netspec.catalogue.targets import Target
from netspec.catalogue.targets.position import Position
from netspec.catalogue.values import PositiveInt
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class SquaredDistance(Loss):
    """The mean squared distance of two positions."""

    examples: ClassVar = (Example("squared_distance"),)

    scale: Annotated[PositiveInt, Field(description="by what the loss is divided")] = 1

    def outputs(self, target: Target, output: Shape) -> dict[Shape, str]:
        Position.required(target, self)
        return {Shape.of(2): "the row and the column"}

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from torch import nn

        class Module(nn.Module):
            def forward(module, output, targets):
                return (output - targets).square().sum(1).mean() / self.scale

        return Module()
'''

METRIC = '''
"""Mean distance."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import Accumulator, Collector, Metric, Result, Scored
from netspec.catalogue.targets.position import Position

if TYPE_CHECKING:
    from torch import Tensor


class Distances(Accumulator):
    """The sum of the distances, and how many there are."""

    def __init__(self) -> None:
        self.total: Tensor | float = 0.0
        self.count = 0

    def add(self, batch: Scored) -> None:
        self.total = self.total + (batch.decisions - batch.targets).norm(dim=1).sum()
        self.count += len(batch.targets)


class MeanDistance(Metric):
    """The mean distance between where something is and where the network sees it."""

    examples: ClassVar = (Example("mean_distance"),)
    of: ClassVar = Position
    larger_is_better: ClassVar = False
    span: ClassVar = (0.0, inf)

    def start(self, kept: Collector) -> Result:
        distances = kept.keep(Distances)
        return lambda: float(distances.total) / distances.count
'''

SOURCE = '''
"""Dots in images."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.fields.image import Image
from netspec.catalogue.sources import DataSource, Loaded, DataFolders, Samples
from netspec.catalogue.targets.position import Position
from netspec.catalogue.types import DataField, DataType


class Dots(DataSource):
    """A white dot in a black image of 8 x 8 pixels; its position is to predict."""

    examples: ClassVar = (Example("dots"),)

    def describe(self, folders: DataFolders) -> DataType:
        return DataType((DataField(Image(sizes=(1, 8, 8))),), Position(size=8), train=640, test=64)

    def load(self, folders: DataFolders) -> Loaded:
        return Loaded(self.describe(folders), self._samples(640), self._samples(64))

    def _samples(self, count: int) -> Samples:
        import numpy as np

        number = np.arange(count) * 29 % 64
        images = np.zeros((count, 64), np.uint8)
        images[np.arange(count), number] = 255
        return Samples((images.reshape(count, 1, 8, 8),), np.stack(np.divmod(number, 8), 1).astype(np.float32))
'''

ENTRIES = {
    "catalogue.targets/position.py": TARGET,
    "catalogue.losses/squared_distance.py": LOSS,
    "catalogue.metrics/mean_distance.py": METRIC,
    "catalogue.sources/dots.py": SOURCE,
}

SPEC = """\
data { source = dots }

model { flatten -> linear(2) }

train {
  epochs = 30
  optimizer = adam(lr=0.05)
}
"""


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Extended:
    return Extended.with_files(tmp_path_factory.mktemp("target"), ENTRIES, {"dots.net": SPEC})


@pytest.fixture(scope="module")
def trained(extended: Extended) -> Path:
    extended.netspec("run", "dots.net", "--out", "run", "--device", "cpu")
    return extended.folder / "run"


def test_a_typo_in_its_loss_or_its_metric_is_answered(extended: Extended) -> None:
    spec = extended.variant(SPEC, "epochs = 30", "epochs = 30\n  loss = squared_distanse")
    assert "did you mean `squared_distance`?" in extended.netspec("check", spec, exit_code=1)
    spec = extended.variant(SPEC, "epochs = 30", "epochs = 30\n  loss = squared_distance(scal=2)")
    assert "did you mean `scale`?" in extended.netspec("check", spec, exit_code=1)


def test_the_output_of_the_network_is_checked_against_it(extended: Extended) -> None:
    complaints = extended.netspec("check", extended.variant(SPEC, "linear(2)", "linear(3)"), exit_code=1)
    assert "[3]" in complaints and "[2]" in complaints and "the row and the column" in complaints


def test_what_is_for_other_targets_says_so(extended: Extended) -> None:
    spec = extended.variant(SPEC, "epochs = 30", "epochs = 30\n  loss = cross_entropy")
    assert "and the targets are positions" in extended.netspec("check", spec, exit_code=1)
    spec = extended.variant(SPEC, "train {", "evaluate { metrics = [accuracy] }\n\ntrain {")
    assert "and the targets are positions" in extended.netspec("check", spec, exit_code=1)


def test_the_plan_has_its_type_its_loss_and_its_metric(extended: Extended) -> None:
    plan = extended.netspec("plan", "dots.net")
    assert "image[1, 8, 8] x position[8]" in plan
    assert "squared_distance" in plan and "mean_distance" in plan


def test_its_loss_is_printed_and_converted_there_and_back(extended: Extended) -> None:
    spec = extended.variant(SPEC, "epochs = 30", "epochs=30\n  loss=squared_distance( scale=2 )")
    extended.netspec("fmt", spec)
    text = (extended.folder / spec).read_text(encoding="utf-8")
    assert "loss      = squared_distance(scale=2)\n" in text
    converted = extended.netspec("convert", spec)
    (extended.folder / "variant.json").write_text(converted, encoding="utf-8")
    assert json.loads(converted)["train"]["loss"] == {"op": "squared_distance", "scale": 2}
    assert extended.netspec("convert", "variant.json") == text


def test_editors_and_people_find_what_is_for_it(extended: Extended) -> None:
    schema = extended.schema()
    assert "squared_distance" in json.dumps(schema["loss"]) and "mean_distance" in json.dumps(schema["metric"])
    (page,) = extended.json("ops", "mean_distance", "--format", "json")
    assert page["kind"] == "metric"
    assert "(losses.md#squared_distance)" in extended.reference("README.md")


def test_the_data_is_described_by_its_parts(extended: Extended) -> None:
    described = extended.netspec("data", "dots.net")
    assert "row" in described and "column" in described


def test_it_is_trained_and_evaluated_by_its_metric(extended: Extended, trained: Path) -> None:
    found = extended.json("eval", str(trained), "--format", "json")
    assert 0 <= found["mean_distance"] < 0.5


def test_the_report_shows_it(extended: Extended, trained: Path) -> None:
    extended.netspec("report", str(trained))
    page = (trained / "report.html").read_text(encoding="utf-8")
    assert "mean_distance" in page and "position[8]" in page


def test_it_is_predicted_for_files(extended: Extended, trained: Path) -> None:
    from PIL import Image

    picture = Image.new("L", (8, 8))
    picture.putpixel((5, 2), 255)  # column 5 of row 2
    picture.save(extended.folder / "dot.png")
    (found,) = extended.json("predict", str(trained), "dot.png", "--format", "json")
    assert abs(found["row"] - 2) < 1 and abs(found["column"] - 5) < 1
