"""The small data sets of scikit-learn, and points in a plane: what they promise, and that they are scikit-learn's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import datasets

from netspec.catalogue.entry import entries
from netspec.catalogue.fields.table import Table
from netspec.catalogue.sources import DataFolders, DataSource
from netspec.catalogue.sources._scikit_learn import FromScikitLearn
from netspec.catalogue.sources.blobs import Blobs
from netspec.catalogue.sources.circles import Circles
from netspec.catalogue.sources.digits import Digits
from netspec.catalogue.sources.iris import Iris
from netspec.catalogue.sources.moons import Moons
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.types import DataField
from netspec.formats.errors import DataError

PLACE = DataFolders(Path(), Path())
TABLES = [entry for entry in entries(DataSource) if issubclass(entry, FromScikitLearn)]


def table_of(field: DataField) -> Table:
    assert isinstance(field.type, Table)
    return field.type


@pytest.mark.parametrize("entry", TABLES, ids=lambda entry: entry.name())
def test_a_table_is_that_of_scikit_learn(entry: type[FromScikitLearn]) -> None:
    theirs: Any = getattr(datasets, f"load_{entry.name()}")()
    loaded = entry().load(PLACE)
    (field,), (inputs,) = loaded.type.fields, loaded.train.inputs
    assert loaded.type == entry().describe(PLACE) and loaded.type.train == len(inputs)
    assert inputs.dtype == np.float64 and np.array_equal(inputs, theirs.data)
    assert [column.name for column in table_of(field).columns] == list(theirs.feature_names)
    assert np.array_equal(loaded.train.targets, theirs.target.astype(loaded.train.targets.dtype))
    if isinstance(loaded.type.target, Classes):
        assert list(loaded.type.target.names) == list(theirs.target_names)
        assert set(loaded.train.targets) == set(range(loaded.type.target.count))


def test_there_are_four_tables() -> None:
    assert [entry.name() for entry in TABLES] == ["breast_cancer", "diabetes", "iris", "wine"]


def test_a_damaged_installation_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("sklearn.datasets.load_iris", missing)
    with pytest.raises(DataError, match="`iris` isn't where scikit-learn has it: No such file"):
        Iris().load(PLACE)


def test_the_digits_are_those_of_scikit_learn() -> None:
    loaded, theirs = Digits().load(PLACE), datasets.load_digits()
    assert loaded.type == Digits().describe(PLACE) and str(loaded.type) == "image[1, 8, 8] x class[10]"
    (images,) = loaded.train.inputs
    np.testing.assert_allclose(images[:, 0] / 255 * 16, theirs.images, atol=16 / 255 / 2 + 1e-9)
    assert np.array_equal(loaded.train.targets, theirs.target)


def rows(points: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Points with their classes, in an order of their own."""
    table = np.column_stack([targets, points.round(9) + 0.0])
    return table[np.lexsort(table.T)]


@pytest.mark.parametrize("samples", [2, 7, 100])
def test_points_without_noise_are_those_of_scikit_learn(samples: int) -> None:
    # scikit-learn gives the second class the odd point, netspec the first
    shape = ((samples + 1) // 2, samples // 2)
    for source, theirs in (
        (Moons(samples=samples), datasets.make_moons(shape)),
        (Circles(samples=samples, factor=0.3), datasets.make_circles(shape, factor=0.3)),
    ):
        found = source.load(PLACE)
        assert found.type == source.describe(PLACE) and found.type.train == samples
        np.testing.assert_allclose(rows(found.train.inputs[0], found.train.targets), rows(*theirs), atol=1e-8)


def test_noise_has_the_standard_deviation_that_is_asked_for() -> None:
    for kind in (Moons, Circles):
        still, moved = (kind(samples=20_000, noise=noise).load(PLACE).train for noise in (0.0, 0.3))
        assert np.array_equal(still.targets, moved.targets)
        assert np.isclose((moved.inputs[0] - still.inputs[0]).std(), 0.3, rtol=0.02)


def test_clouds_lie_around_their_centres() -> None:
    loaded = Blobs(samples=30_000, classes=4, noise=0.5).load(PLACE)
    assert loaded.type == Blobs(samples=30_000, classes=4).describe(PLACE)
    (points,), targets = loaded.train.inputs, loaded.train.targets
    for number in range(4):
        cloud = points[targets == number]
        assert len(cloud) == 7_500 and np.allclose(cloud.std(0), 0.5, rtol=0.05) and abs(cloud.mean(0)).max() < 10.1


@pytest.mark.parametrize("kind", [Moons, Circles, Blobs])
def test_points_follow_from_the_seed(kind: type[Moons]) -> None:
    first, same, other = (kind(noise=0.1, seed=seed).load(PLACE).train.inputs[0] for seed in (1, 1, 2))
    assert np.array_equal(first, same) and not np.array_equal(first, other)


def test_points_are_evenly_of_each_class_and_mixed() -> None:
    targets = Moons(samples=100).load(PLACE).train.targets
    assert np.bincount(targets).tolist() == [50, 50] and targets[:20].min() != targets[:20].max()
