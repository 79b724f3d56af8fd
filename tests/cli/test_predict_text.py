"""The text of `netspec predict`, word by word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from netspec import api
from netspec.runner.uses.predictions import Prediction
from tests.cli.conftest import Netspec

FEW = """\
sample     prediction  probability
photo.png  dog              97.5 %  ████████████████████
           cat               2.5 %
           horse             0.0 %
cat.png    cat              60.0 %  ████████████
           dog              40.0 %  ████████
           horse             0.0 %
"""

MANY = """\
sample     prediction  probability
photo.png  class 0          50.0 %  ██████████
           class 1          25.0 %  █████
           class 2          12.5 %  ██
           class 3           6.2 %  █
           class 4           3.1 %  █
           7 more            3.1 %
"""

TWO = """\
sample     prediction  probability
photo.png  class 0          50.0 %  ██████████
           class 1          25.0 %  █████
           10 more          25.0 %
"""

ONLY_LABELS = """\
sample  prediction  probability
a.png   dog
b.png   cat
"""

NUMBERS = """\
sample     prediction
new.csv:1     3.14159
new.csv:2  1200
new.csv:3    -0.5
"""

NAMED_NUMBERS = """\
sample  prediction
a.png   row  1.5  column -10
b.png   row 12    column   2
"""


@pytest.fixture
def predicted(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, dict[str, object]]], None]:
    """Makes `netspec predict` show predictions, of each sample the values by its name."""

    def show(predictions: dict[str, dict[str, object]]) -> None:
        found = tuple(Prediction(name, values) for name, values in predictions.items())
        monkeypatch.setattr(api, "predict", lambda *_, **__: found)

    return show


def of_classes(probabilities: dict[str, float]) -> dict[str, object]:
    return {"label": next(iter(probabilities)), "probabilities": probabilities}


def halving(count: int) -> dict[str, float]:
    """Probabilities of so many classes, each half of the one before, and the last as much as that one."""
    return {f"class {number}": 0.5 ** min(number + 1, count - 1) for number in range(count)}


def test_few_classes_are_all_shown(netspec: Netspec, predicted):
    likely = {"dog": 0.975, "cat": 0.025, "horse": 1e-9}
    predicted({"photo.png": of_classes(likely), "cat.png": of_classes({"cat": 0.6, "dog": 0.4, "horse": 0.0})})
    assert netspec("predict", "run", "photo.png").out == FEW


def test_of_many_classes_the_most_likely_are_shown_and_how_many_more_there_are(netspec: Netspec, predicted):
    predicted({"photo.png": of_classes(halving(12))})
    assert netspec("predict", "run", "photo.png").out == MANY
    assert netspec("predict", "run", "photo.png", "--top", "2").out == TWO
    whole = netspec("predict", "run", "photo.png", "--top", "12").out
    assert whole.count("class ") == 12 and "more" not in whole
    assert netspec("predict", "run", "photo.png", "--top", "99").out == whole


def test_up_to_ten_classes_are_few(netspec: Netspec, predicted):
    predicted({"photo.png": of_classes(halving(10))})
    assert netspec("predict", "run", "photo.png").out.count("class ") == 10
    predicted({"photo.png": of_classes(halving(11))})
    assert "6 more" in netspec("predict", "run", "photo.png").out


def test_a_loss_without_probabilities_has_only_the_class(netspec: Netspec, predicted):
    predicted({"a.png": {"label": "dog"}, "b.png": {"label": "cat"}})
    assert netspec("predict", "run", "a.png").out == ONLY_LABELS


def test_decimal_points_of_numbers_are_below_each_other(netspec: Netspec, predicted):
    predicted({f"new.csv:{row}": {"number": value} for row, value in enumerate((3.14159265, 1200.0, -0.5), 1)})
    assert netspec("predict", "run", "new.csv").out == NUMBERS
    predicted({"a.png": {"row": 1.5, "column": -10.0}, "b.png": {"row": 12.0, "column": 2.0}})
    assert netspec("predict", "run", "a.png").out == NAMED_NUMBERS


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--top", "3", "--format", "json"), "JSON has all classes"),
        (("--top", "3", "--format", "csv"), "CSV the predicted one"),
        (("--top", "0"), "0 is not in the range"),
    ],
)
def test_top_is_for_the_text_alone(netspec: Netspec, folder: Path, arguments: tuple[str, ...], said: str):
    ended = netspec("predict", "run", "photo.png", *arguments)
    assert ended.exit_code == 2
    assert said in ended.err
