"""Every test here runs in the repository's root, so that paths in messages are the same everywhere."""

from __future__ import annotations

import pytest

from tests.specs import ROOT


@pytest.fixture(autouse=True)
def in_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("NETSPEC_DATA", raising=False)
