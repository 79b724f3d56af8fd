"""The command line in a copy of a folder with data and runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import netspec
from tests.security.ground import copied, make

__all__ = ["folder", "ground", "netspec"]


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the copies are made of; made once."""
    folder = tmp_path_factory.mktemp("ground")
    make(folder)
    return folder


@pytest.fixture
def folder(ground: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the ground, as the current folder."""
    copied(ground, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NETSPEC_DATA", str(tmp_path / "data"))
    return tmp_path
