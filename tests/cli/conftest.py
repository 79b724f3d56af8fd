"""The command line in this process, in a folder of its own."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from netspec.cli import main
from tests.specs import ROOT


class Ended(NamedTuple):
    exit_code: int
    out: str
    err: str


Netspec = Callable[..., Ended]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the specs, as the current folder."""
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NETSPEC_DATA", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def netspec(folder: Path, capfd: pytest.CaptureFixture[str]) -> Netspec:
    """`netspec("check", "specs/mnist_fc.net")` runs the command, and gives how it ended and what it said."""

    def run(*arguments: str) -> Ended:
        with pytest.raises(SystemExit) as exit:
            main(arguments)
        assert isinstance(exit.value.code, int)
        gc.enable()  # a command of its own would have ended
        said = capfd.readouterr()
        return Ended(exit.value.code, str(said.out), str(said.err))

    return run
