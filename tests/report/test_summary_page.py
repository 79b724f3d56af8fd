"""The page of folds and seeds: what they came to together, every run in its place, and nothing from outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from netspec.program.parts import Part
from netspec.report.summary_page import summary_page
from netspec.runner.uses.run_summary import PartResult, Spread, Summary
from tests.report.test_report import Page

WHEN = datetime(2026, 11, 27, 12, 0)
NAMES = ("validation.loss", "validation.accuracy", "test.accuracy")


def several(program, count: int = 3, *, without: str = "") -> Summary:
    """Runs of as many folds; one figure is missing in the last of them."""
    parts = tuple(
        PartResult(
            Part(0, fold, (f"fold-{fold}",)),
            epochs=5,
            seconds=2.0,
            values={name: 0.9 + fold / 100 for name in NAMES if name != without or fold < count},
            digest="0",
        )
        for fold in range(1, count + 1)
    )
    spreads = {
        name: Spread.of([part.values[name] for part in parts if name in part.values], span=(0, 1)) for name in NAMES
    }
    return Summary(Path("runs/x/1"), program, parts, spreads)


def test_it_says_what_the_runs_came_to_and_leads_to_each(a_result, tmp_path: Path) -> None:
    page = Page(text := summary_page(several(a_result(tmp_path).program), WHEN))
    assert "92.00% ± 1.00%" in page.text
    assert "test accuracy, mean and standard deviation" in page.text
    links = [value for name, value in page.attributes if name == "href" and not value.startswith("#")]
    assert links == [f"fold-{fold}/report.html" for fold in (1, 2, 3)]
    assert page.tags.count("svg") == len(NAMES)
    assert "script" not in page.tags and "://" not in text.replace("http://www.w3.org", "")


def test_a_figure_that_a_run_lacks_leaves_its_cell_empty(a_result, tmp_path: Path) -> None:
    summary = several(a_result(tmp_path).program, without="test.accuracy")
    page = Page(summary_page(summary, WHEN))
    assert summary.spreads["test.accuracy"].count == 2
    assert page.text.count("91.00%") >= 1


def test_many_runs_and_a_single_one_have_a_page(a_result, tmp_path: Path) -> None:
    program = a_result(tmp_path).program
    assert Page(summary_page(several(program, 100), WHEN)).tags.count("tr") > 100
    assert Page(summary_page(several(program, 1), WHEN)).tags.count("svg") == 0


def test_hostile_names_stay_names(a_result, tmp_path: Path) -> None:
    program = replace(a_result(tmp_path).program, name="<script>alert(1)</script>\u202e")
    page = Page(summary_page(several(program), WHEN))
    assert "script" not in page.tags
    assert "<script>" in page.text and "\u202e" not in page.text
