"""The run folder's page and pictures: whole, valid, closed to the outside, and safe whatever the names."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from netspec.report import reporters
from netspec.report.charts import confusion, curves, style

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """Holds a page's elements, attributes and text; fails where a tag isn't closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text += data


@pytest.fixture
def report(told):
    """Writes a run's report and reads it back."""

    def write(result) -> tuple[Page, str]:
        for event in told(result):
            for reporter in reporters(result.folder):
                reporter(event)
        text = (result.folder / "report.html").read_text(encoding="utf-8")
        return Page(text), text

    return write


def test_a_run_folder_has_its_files(result, report):
    report(result)
    files = {str(path.relative_to(result.folder)) for path in result.folder.rglob("*") if path.is_file()}
    pictures = {f"plots/{name}.png" for name in ("loss", "accuracy", "confusion_matrix")}
    assert files == {"metrics.jsonl", "metrics.csv", "report.html"} | pictures
    for name in pictures:
        with Image.open(result.folder / name) as picture:
            assert picture.format == "PNG"
            assert min(picture.size) > 400


def test_the_page_says_when_the_run_ended_not_when_the_page_was_written(result, report):
    record = result.folder / "run.json"
    record.write_text("{}")
    os.utime(record, (0, datetime(2026, 3, 4, 5, 6).timestamp()))
    page, _ = report(result)
    assert "2026-03-04, 05:06" in page.text


def test_the_page_says_what_matters(result, report):
    page, text = report(result)
    assert "<title>mnist_fc · test accuracy 96.90%</title>" in text
    for words in (
        "Not the first data set that the spec names.",
        "mnist() is not on this disk",
        "3600 train, 400 validation, 1000 test",
        "0.1307",
        result.data.digest,
        "test accuracy, 969 of 1000 correct",
        "Worst: 8, most often taken for 3 (7 times).",
        "linear(256)",
        "235\N{NARROW NO-BREAK SPACE}914",
        "train.optimizer.lr",
        "inferred from class[10]",
        "fc1: linear(256) -> batch_norm -> relu",
        "2.15.0",
        result.program.hash,
    ):
        assert words in page.text, words
    assert page.tags.count("svg") == 5, "two curves, two matrices, the network"


def test_the_page_needs_nothing_but_itself(result, report):
    page, text = report(result)
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in text
    assert not {"script", "link", "iframe", "object", "base"} & set(page.tags)
    for name, value in page.attributes:
        if name in {"src", "href", "xlink:href", "action"}:
            assert value.startswith(("#", "data:")), value
    assert set(re.findall(r"url\(([^)]*)\)", text)) <= {f"#{name}" for name in re.findall(r'id="([^"]*)"', text)}
    assert not re.search(r"@import|url\((?!#)", text)
    assert len(text.encode()) <= 300_000


def test_hostile_names_are_texts(hostile, report):
    page, text = report(hostile)
    assert not {"script", "img", "b", "i", "s", "u", "em"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert "<script>alert(1)</script>" in page.text
    assert "<U+202E> # rtl" in page.text
    assert r"$\frac$&amp;" in page.text


def test_a_stop_is_explained(result, report):
    page, _ = report(replace(result, stopped="no better validation.loss for 3 epochs"))
    assert "Stopped early. no better validation.loss for 3 epochs" in page.text


def test_one_epoch_and_numbers_that_are_none(a_result, report, tmp_path):
    result = a_result(tmp_path, ("cat", "dog"), epochs=1)
    nothing = {"epoch": 1, "train.loss": float("nan"), "train.accuracy": 0.5, "validation.loss": float("inf")}
    report(replace(result, history=(nothing,)))
    assert (tmp_path / "plots/loss.png").stat().st_size > 1000


def test_without_a_test_split_the_best_epoch_speaks(result, report):
    page, text = report(replace(result, test=None))
    assert "<title>mnist_fc · validation accuracy 94.75%</title>" in text
    assert "validation accuracy, 379 of 400 correct" in page.text
    assert "Confusion matrix" not in page.text


def test_with_neither_validation_nor_test_there_is_no_headline(result, report):
    history = tuple({"epoch": row["epoch"], "train.loss": row["train.loss"]} for row in result.history)
    page, text = report(replace(result, history=history, best_epoch=None, restored=None, test=None))
    assert "<title>mnist_fc</title>" in text
    assert page.tags.count("svg") == 2, "the loss and the network"


def test_a_hundred_classes_stay_small(a_result, report, tmp_path):
    names = tuple(f"class number {number}" for number in range(100))
    page, text = report(a_result(tmp_path, names))
    assert len(text.encode()) <= 300_000
    assert "class number 99" in page.text


@pytest.mark.parametrize("size", [2, 3, 10, 20, 21, 200])
def test_the_confusion_matrix_of_any_size(size):
    counts = np.eye(size, dtype=int) * 5
    counts[0] = 0  # a class without samples has no share to divide by
    figure = confusion.confusion_matrix(counts, [f"class {number}" for number in range(size)])
    texts = len(figure.axes[0].texts)
    assert texts == (size * size if size <= confusion.ANNOTATED else 0)
    assert style.png(figure).startswith(b"\x89PNG")
    assert len(style.svg(figure, "matrix")) < 150_000


def test_a_figure_takes_the_pages_colours(result):
    text = style.svg(curves.curve(result.history, "loss", 4), "loss")
    assert "var(--validation, #0072b2)" in text
    assert 'role="img" aria-label="loss"' in text
    assert text == style.svg(curves.curve(result.history, "loss", 4), "loss"), "the same run gives the same picture"


def test_names_in_any_script_warn_of_nothing():
    figure = confusion.confusion_matrix(np.array([[3, 1], [0, 4]]), ["猫", "$\\frac{"])
    style.png(figure)
    assert "猫" in style.svg(figure, "matrix")


def test_reporters_load_no_plots_before_the_end():
    import subprocess
    import sys

    code = (
        "import sys, pathlib, netspec.report as r; r.reporters(pathlib.Path('.')); print('matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
