"""The searches of specs/search: each runs, and the page with their figures has them all."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from netspec import api
from netspec.checker import Analysis, check_file
from netspec.experiments.study_folder import Declared
from tests.specs import ROOT

SEARCHES = sorted((ROOT / "specs/search").glob("*.net"))
ROW = re.compile(r"\| `netspec search (specs/search/\w+\.net)` \| (\d+) \|")
SHORT = """\
extends "{}"
train {{ epochs = 3 }}
search {{ confirm = none }}
"""


def test_the_page_has_each_with_its_number_of_trials() -> None:
    rows = dict(ROW.findall((ROOT / "specs/README.md").read_text(encoding="utf-8")))
    assert rows == {path.relative_to(ROOT).as_posix(): str(Declared.of(Analysis(path)).total) for path in SEARCHES}


@pytest.mark.parametrize("path", SEARCHES, ids=lambda path: path.stem)
def test_its_first_trials_run_and_the_best_one_is_a_spec(path: Path, tmp_path: Path) -> None:
    spec = tmp_path / "short.net"
    spec.write_text(SHORT.format(Path(os.path.relpath(path, tmp_path)).as_posix()))
    study = api.search(spec, out=tmp_path / "study", trials=2, device="cpu")
    assert len(study.history.trials) == 2 and study.best is not None and study.in_place
    assert study.spec is not None
    params = check_file(study.spec).require().params
    assert set(study.best.params) <= set(params)
