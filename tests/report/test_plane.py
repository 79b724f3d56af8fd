"""Points in a plane, as a scatter plot by class and over the regions that a network predicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from netspec.data.points import MOST, Points
from netspec.report.charts.plane import NAMED, OPACITY, decision_regions, scatter
from netspec.report.charts.style import RUNS, svg
from netspec.report.html import write_report
from netspec.runner.decision_regions import DecisionRegions
from netspec.runner.report_samples import ReportSamples
from tests.report.conftest import make_result

WHEN = datetime(2026, 1, 1)
BAD = ("<script>alert(1)</script>", "$\\frac$&amp;", "\u202egnp.exe")


def points(labels: tuple[str, ...] = ("cat", "dog"), count: int = 40, axes: tuple[str, str] = ("height", "weight")):
    rng = np.random.default_rng(0)
    return Points(axes, labels, rng.normal(size=(count, 2)), np.arange(count) % len(labels))


def regions(labels: tuple[str, ...] = ("cat", "dog")) -> DecisionRegions:
    """The first class on the left, and the last one on the right."""
    some, places = points(labels), np.linspace(-3, 3, 7)
    classes = np.where(places > 0, len(labels) - 1, 0)
    wrong = (some.values[:, 0] > 0) != (some.targets == len(labels) - 1)
    return DecisionRegions(places, places, np.tile(classes, (7, 1)), some, wrong)


def drawn(figure: Figure) -> tuple[Axes, list[str]]:
    """The plane, and the entries of the legend."""
    (axes,) = figure.axes
    return axes, [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def test_each_class_has_a_color_and_a_shape_and_the_axes_the_names_of_the_columns() -> None:
    axes, named = drawn(scatter(points(("cat", "dog", "horse")), "training split"))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("height", "weight")
    assert named == ["cat", "dog", "horse"]
    lines: list[Any] = list(axes.lines)
    assert [len(line.get_xdata()) for line in lines] == [14, 13, 13]
    assert len({line.get_marker() for line in lines}) == len({line.get_color() for line in lines}) == 3
    assert np.array_equal(lines[1].get_xydata(), points().values[1::3])


def test_classes_that_share_a_color_have_another_shape() -> None:
    axes, named = drawn(scatter(points(tuple(map(str, range(40))), 80), "many"))
    looks = {(line.get_color(), line.get_marker()) for line in axes.lines}
    assert len(looks) == 40 > len(RUNS)
    assert named == [] and NAMED < 40


def test_of_many_points_some_are_drawn() -> None:
    axes, _ = drawn(scatter(points(count=5 * MOST), "many"))
    lines: list[Any] = list(axes.lines)
    assert sum(len(line.get_xdata()) for line in lines) == MOST


def test_the_background_is_the_predicted_class_and_wrong_points_have_a_ring() -> None:
    found = regions()
    axes, named = drawn(decision_regions(found))
    (image,) = axes.images
    shades = np.asarray(image.get_array())
    left, right = (np.array([*(int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)), OPACITY]) for color in RUNS[:2])
    np.testing.assert_allclose(shades[:, :4], np.broadcast_to(left, (7, 4, 4)))
    np.testing.assert_allclose(shades[:, 4:], np.broadcast_to(right, (7, 3, 4)))
    assert image.get_extent() == [-3.5, 3.5, -3.5, 3.5], "places are the middles of cells"
    assert image.origin == "lower"
    rings: Any = axes.lines[-1]
    assert np.array_equal(rings.get_xydata(), found.points.values[found.wrong])
    assert named == ["cat", "dog", f"misclassified ({found.wrong.sum()})"]


def test_the_page_and_the_plots_have_the_regions(tmp_path: Path) -> None:
    result = make_result(tmp_path, ("cat", "dog"))
    write_report(replace(result, report_samples=ReportSamples(regions=regions())), tmp_path, WHEN)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "the color of the background; and 40 of the 200 samples of the test split" in text
    assert f"var(--run-2, {RUNS[1]})" in text and "--run-2: #f0a35e" in text, "another color in the dark"
    with Image.open(tmp_path / "plots" / "decision_regions.png") as picture:
        assert min(picture.size) > 400
    write_report(result, tmp_path, WHEN)
    assert "Decision regions" not in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.filterwarnings("error")
def test_bad_names_are_texts() -> None:
    text = svg(scatter(points(BAD, axes=(BAD[0], BAD[1])), "bad"), "bad")
    assert "<script>" not in text and "\u202e" not in text
    assert "$\\frac$&amp;amp;" in text
