"""The page in a real browser: nothing is wider than a phone, names stay texts, and nothing goes wrong."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from netspec.report.html import page_of
from netspec.report.study_page import study_page
from tests.browser import BROWSER, options
from tests.report.studies import TWO, study, verdict

pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium")

MEASURE = """
const errors = []
window.onerror = message => errors.push(message)
onload = () => {
  const frame = document.querySelector("iframe"), page = frame.contentDocument
  const overflow = element => frame.contentWindow.getComputedStyle(element).overflowX
  const scrolls = element => element && element !== page.body &&
    (["auto", "hidden"].includes(overflow(element)) || scrolls(element.parentElement))
  const wide = [...page.body.querySelectorAll("*")]
    .filter(element => element.getBoundingClientRect().right > WIDTH + 1 && !scrolls(element.parentElement))
  document.querySelector("pre").textContent = JSON.stringify({
    errors,
    window: frame.contentWindow.innerWidth,
    page: page.documentElement.scrollWidth,
    wide: wide.map(element => element.outerHTML.slice(0, 120)),
    scripts: page.querySelectorAll("script").length,
    broken: [...page.images].filter(image => !image.naturalWidth).length,
    images: page.images.length,
    rows: [...page.querySelectorAll("#classes tbody th")].map(row => row.textContent),
    labels: [...page.querySelectorAll("#confusion text")].map(text => text.textContent),
    orders: CLICKS.map(place => {
      const head = page.querySelectorAll(".sorts thead th")[place]
      head.querySelector("button").click()
      return [head.ariaSort, [...page.querySelectorAll(".sorts tbody tr")].map(row => row.cells[place].textContent)]
    }),
    missed: [...page.querySelectorAll("#mistakes bdi")].map(name => name.textContent),
  })
}
"""
"""What is measured, by the page around; it reaches in, while the page itself may run nothing."""


def in_browser(page: str, folder: Path, width: int, clicks: tuple[int, ...] = ()) -> dict[str, Any]:
    """What a page in a window of that width comes to, and what stands in a column after each click on its head."""
    around = folder / "around.html"
    script = MEASURE.replace("WIDTH", str(width)).replace("CLICKS", json.dumps(clicks))
    frame = f'<iframe src="page.html" style="border: 0; width: {width}px; height: 3000px"></iframe>'
    (folder / "page.html").write_text(page, encoding="utf-8")
    around.write_text(f"<!doctype html><pre></pre><script>{script}</script>{frame}", encoding="utf-8")
    command = [
        *options(folder),
        *("--allow-file-access-from-files", "--window-size=1300,3000", "--dump-dom", around.as_uri()),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120, encoding="utf-8")
    found = re.search(r"<pre>(.*?)</pre>", done.stdout, re.DOTALL)
    assert found and found[1], done.stderr
    return json.loads(unescape(found[1]))


@pytest.mark.parametrize("width", [320, 390, 1100])
def test_nothing_is_wider_than_the_window(whole_result, tmp_path, width):
    result = whole_result(tuple(f"a class with quite a long name {number}" for number in range(12)))
    found = in_browser(page_of(result, datetime(2026, 1, 1)), tmp_path, width)
    assert found["window"] == width
    assert found["wide"] == []
    assert found["page"] <= width
    assert found["errors"] == []
    assert (found["images"], found["broken"]) == (36, 0)


def test_hostile_names_stay_texts(hostile_whole, tmp_path):
    found = in_browser(page_of(hostile_whole, datetime(2026, 1, 1)), tmp_path, 390)
    assert found["scripts"] == 0
    assert found["wide"] == []
    shown = hostile_whole.report_samples
    assert found["images"] == len(shown.samples) + len(shown.mistakes), "the pictures of samples, and no other"
    for names in ("rows", "missed"):
        assert any("<script>alert(1)</script>" in text for text in found[names])
    assert any("<script>" in text for text in found["labels"])
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", json.dumps(found, ensure_ascii=False))


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("objectives", ["one", "two"])
def test_a_page_of_a_hundred_trials_fits_a_phone_and_a_desktop(objectives: str, width: int, tmp_path: Path) -> None:
    facts = study(100, TWO) if objectives == "two" else study(100)
    facts = facts if objectives == "two" else replace(facts, verdict=verdict(facts))
    found = in_browser(study_page(facts), tmp_path, width)
    assert found["window"] == width and found["page"] <= width
    assert (found["wide"], found["errors"], found["images"]) == ([], [], 0)


def test_a_click_on_a_head_sorts_the_table_and_another_one_turns_it_round(tmp_path: Path) -> None:
    found = in_browser(study_page(study(40)), tmp_path, 1280, clicks=(0, 0, 2, 4, 3))
    (up, rising), (down, falling), (_, values), (_, widths), (_, kinds) = found["orders"]
    assert (up, down) == ("ascending", "descending")
    numbers = [int(text.removeprefix("★ ")) for text in rising]
    assert numbers == sorted(numbers) and falling == rising[::-1]
    shares = [float(text.rstrip("%")) for text in values if text]
    assert shares == sorted(shares) and values[len(shares) :] == [""] * (40 - len(shares)), "what is missing comes last"
    having = [int(text) for text in widths if text]
    assert having == sorted(having) and len(having) < len(widths)
    assert kinds == sorted(kinds)


def test_hostile_choices_of_a_search_stay_texts(tmp_path: Path) -> None:
    kinds = ("plain", "<script>document.title = 1</script>", "<img src=x onerror=y>")
    found = in_browser(study_page(study(30, kinds=kinds)), tmp_path, 390)
    assert (found["scripts"], found["images"], found["wide"], found["errors"]) == (1, 0, [], [])
