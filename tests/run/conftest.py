"""Programs made by hand, over a small data set whose classes can be learned."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netspec.catalogue.fields.table import Table
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers.batch_norm import BatchNorm
from netspec.catalogue.layers.dropout import Dropout
from netspec.catalogue.layers.linear import Linear
from netspec.catalogue.layers.relu import ReLU
from netspec.catalogue.losses.cross_entropy import CrossEntropy
from netspec.catalogue.losses.mse import MSE
from netspec.catalogue.sections.data import Data
from netspec.catalogue.sections.evaluate import Evaluate
from netspec.catalogue.sections.train import Train
from netspec.catalogue.sources import DataFolders, DataSource, Loaded, Samples
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.targets.number import Number
from netspec.catalogue.types import DataField, DataType
from netspec.formats.columns import Column
from netspec.program.graph import Graph
from netspec.program.objective import Objective
from netspec.program.program import Program, by_name
from netspec.runner.store.checkpoint import load_weights
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.loop import train
from netspec.source import Source
from tests.graphs import chain
from tests.run.hand import CPU, EPOCHS, Weights

COLUMNS = 8
NAMES = ("ant", "bee", "cat")


class Blobs(DataSource):
    """Points around a centre for each class, or their distance from the origin. The first number of the test split
    is `outlier` if there is one."""

    numbers: bool = False
    scale: float = 1.0
    outlier: float | None = None

    def describe(self, folders: DataFolders) -> DataType:
        target = Number() if self.numbers else Classes(names=NAMES)
        columns = tuple(Column(f"x{number}") for number in range(COLUMNS))
        return DataType((DataField(Table.of(columns)),), target, train=300, test=90)

    def load(self, folders: DataFolders) -> Loaded:
        random = np.random.default_rng(0)
        centres = random.normal(size=(len(NAMES), COLUMNS)) * 2
        train, test = self._draw(300, centres, random), self._draw(90, centres, random)
        if self.outlier is not None:
            test.inputs[0][0, 0] = self.outlier
        return Loaded(self.describe(folders), train, test)

    def _draw(self, count: int, centres: np.ndarray, random: np.random.Generator) -> Samples:
        classes = np.arange(count, dtype=np.int64) % len(NAMES)
        inputs = (centres[classes] + random.normal(size=(count, COLUMNS))).astype(np.float32)
        targets = np.linalg.norm(inputs, axis=1) if self.numbers else classes
        return Samples((inputs * np.float32(self.scale),), targets.astype(np.float32) if self.numbers else targets)


LAYERS: tuple[tuple[str, Layer], ...] = (
    ("fc1", Linear(out_features=16)),
    ("1", BatchNorm()),
    ("2", ReLU()),
    ("3", Dropout(p=0.2)),
    ("fc2", Linear(out_features=3)),
)


def make(
    *,
    layers: tuple[tuple[str, Layer], ...] = LAYERS,
    train: dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
    evaluate: dict[str, Any] | None = None,
    source: Blobs | None = None,
    graph: Graph | None = None,
) -> Program:
    source = source or Blobs()
    data_settings: dict[str, Any] = {"source": (source,), "validation": 60, "batch_size": 32} | (data or {})
    train_settings: dict[str, Any] = {"epochs": 3} | (train or {})
    text = Source("blobs.net", "data { source = blobs() }\n")
    folders = DataFolders(Path(), Path("data"))
    type = source.describe(folders)
    return Program(
        name="blobs",
        source=text,
        sections=by_name(Data(**data_settings), Train(**train_settings), Evaluate(**(evaluate or {}))),
        loss=Objective.of(MSE() if source.numbers else CrossEntropy()),
        graph=graph or chain(type.input, layers, text.whole()),
        type=type,
        folders=folders,
        origins={},
    )


@pytest.fixture
def make_program() -> Callable[..., Program]:
    """Makes a program; by default a small classifier with batch norm and dropout, for three epochs."""
    return make


@pytest.fixture
def blobs() -> type[Blobs]:
    return Blobs


@pytest.fixture
def trained(make_program, tmp_path: Path) -> Callable[..., tuple[Program, Weights]]:
    """Trains a program with these settings; gives it and its last weights."""

    def run(**settings: Any) -> tuple[Program, Weights]:
        program = make_program(train={"epochs": EPOCHS, **settings})
        with RunFolder(tmp_path / f"run{len(list(tmp_path.iterdir()))}") as folder:
            for _ in train(program, folder, CPU):
                pass
            return program, load_weights(folder.path / "checkpoints" / f"epoch-{EPOCHS:04d}")

    return run
