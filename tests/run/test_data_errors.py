"""What a source says about its data becomes a problem that shows the data file's own line."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from netspec.formats.errors import DataError
from netspec.problems import NetspecError
from netspec.program.data_errors import as_problem
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.loop import train
from netspec.source import Source

SPEC = Source("animals.net", 'data { source = csv("animals.csv") }')
SPAN = SPEC.span(16, 34)


def test_an_error_with_a_line_shows_that_line():
    error = DataError(
        "malformed", "`tall` is no number", path=Path("animals.csv"), line=7, column=3, width=4, excerpt="1,tall,0"
    )
    diagnostic = as_problem(error, SPAN).diagnose()
    assert diagnostic.span is not None
    assert str(diagnostic.span) == "animals.csv:7:3"
    assert diagnostic.span.text == "tall"
    assert diagnostic.span.source.line(7) == "1,tall,0"
    assert [(str(label.span), label.text) for label in diagnostic.labels] == [
        ("animals.net:1:17", "the data is named here")
    ]
    assert (diagnostic.code, diagnostic.exit_code) == ("NS502", 3)


def test_an_error_without_a_column_is_about_the_whole_line():
    error = DataError("malformed", "two columns", path=Path("animals.csv"), line=2, excerpt="1,2")
    span = as_problem(error, None).span
    assert span is not None
    assert (str(span), span.text) == ("animals.csv:2:1", "1,2")


def test_a_column_beyond_the_line_is_its_end():
    error = DataError("malformed", "a cell is missing", path=Path("animals.csv"), line=2, column=9, excerpt="1,2")
    span = as_problem(error, None).span
    assert span is not None
    assert (span.start, span.end) == (3, 3)


@pytest.mark.parametrize(
    ("what", "code"), [("missing", "NS501"), ("unreachable", "NS501"), ("malformed", "NS502"), ("label", "NS503")]
)
def test_an_error_without_a_line_is_shown_in_the_spec(what, code: str):
    diagnostic = as_problem(DataError(what, "reason", help="help"), SPAN).diagnose()
    assert (diagnostic.code, diagnostic.message, diagnostic.help) == (code, "reason", "help")
    assert diagnostic.span == SPAN
    assert diagnostic.notes == ()


def test_a_run_says_it_as_a_problem_and_leaves_nothing(make_program, blobs, tmp_path: Path, monkeypatch):
    def fail(*arguments: object) -> None:
        raise DataError("missing", "there is no file `animals.csv`")

    monkeypatch.setattr(blobs, "load", fail)
    with pytest.raises(NetspecError, match="there is no file") as error, RunFolder(tmp_path / "run") as folder:
        list(train(make_program(), folder, torch.device("cpu")))
    assert error.value.exit_code == 3
    assert list(tmp_path.iterdir()) == []
