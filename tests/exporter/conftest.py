"""A trained network and its data, once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from netspec import api
from netspec.runner.uses.saved_run import SavedRun
from tests.runs import run_one

DIGITS = """\
data { source = mnist_sample(), sample = 600, transform = normalize(measured) }
model { conv(4, 3, stride=2) -> relu -> global_avg_pool -> flatten -> linear(16) -> batch_norm -> relu -> linear(10) }
train { epochs = 1, device = cpu }
"""

Saved = Callable[[str], SavedRun]


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """The finished run of a spec, run once."""
    known: dict[str, SavedRun] = {}

    def found(text: str = DIGITS) -> SavedRun:
        if text not in known:
            folder: Path = tmp_path_factory.mktemp("trained")
            (folder / "spec.net").write_text(text, encoding="utf-8")
            known[text] = SavedRun.of(run_one(api.check(folder / "spec.net"), out=folder / "run").folder)
        return known[text]

    return found
