"""Programs of which only the network and the seed matter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from netspec.catalogue.fields.table import Table
from netspec.catalogue.layers.linear import Linear
from netspec.catalogue.losses.cross_entropy import CrossEntropy
from netspec.catalogue.sections.data import Data
from netspec.catalogue.sections.evaluate import Evaluate
from netspec.catalogue.sections.train import Train
from netspec.catalogue.sources import DataFolders, DataSource
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.types import DataField, DataType
from netspec.program.graph import Graph
from netspec.program.objective import Objective
from netspec.program.program import Program, by_name
from netspec.shapes import Shape
from netspec.source import Source
from tests.graphs import chain

SHAPE = Shape.of(8)
SOURCE = Source("test.net", "")
LINEAR = chain(SHAPE, [("fc", Linear(out_features=8))], SOURCE.whole())


class NeverLoaded(DataSource):
    """A data set that nobody asks for."""


@pytest.fixture
def make_program() -> Callable[..., Program]:
    """Makes a program from a graph and a seed."""

    def make(graph: Graph = LINEAR, seed: int = 0) -> Program:
        return Program(
            name="test",
            source=SOURCE,
            sections=by_name(Data(source=(NeverLoaded(),)), Train(seed=seed), Evaluate()),
            loss=Objective.of(CrossEntropy()),
            graph=graph,
            type=DataType((DataField(Table(sizes=graph.inputs[0].shape.dims)),), Classes(names=("no", "yes")), train=2),
            folders=DataFolders(Path(), Path("data")),
            origins={},
        )

    return make
