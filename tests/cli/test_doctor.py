"""`netspec doctor`: what is there, what is missing, and where things are kept."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from tests.cli.conftest import Netspec


@pytest.fixture(autouse=True)
def kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what is kept, which isn't there yet."""
    monkeypatch.setenv("NETSPEC_CACHE", str(folder / "kept"))
    return folder / "kept"


def line_of(name: str, out: str) -> str:
    (line,) = (line for line in out.splitlines() if line.split()[1] == name)
    return line


def test_it_ends_with_0_where_everything_is_there(netspec: Netspec) -> None:
    ended = netspec("doctor")
    assert ended.exit_code == 0
    assert {line.split()[0] for line in ended.out.splitlines()} == {"good"}
    assert "`auto` takes" in line_of("device", ended.out)


def test_folders_that_are_not_there_yet_are_told(netspec: Netspec, folder: Path, kept: Path) -> None:
    out = netspec("doctor").out
    assert line_of("data", out).endswith(
        f"{folder / 'data'} is made by the first download; NETSPEC_DATA names another one"
    )
    assert line_of("cache", out).endswith(f"{kept} is empty; NETSPEC_CACHE names another one")


def test_it_tells_how_much_is_kept(netspec: Netspec, kept: Path) -> None:
    (kept / "data").mkdir(parents=True)
    (kept / "data" / "train0.npy").write_bytes(bytes(3 * 2**20))
    assert "holds 3 MiB that can be deleted" in line_of("cache", netspec("doctor").out)


def test_a_file_that_another_run_takes_away_meanwhile_is_not_counted(
    netspec: Netspec, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.mkdir()
    (kept / "train0.npy").write_bytes(bytes(2**20))
    monkeypatch.setattr("os.walk", lambda folder: [(folder, [], ["gone.npy", "train0.npy"])])
    assert "holds 1 MiB that can be deleted" in line_of("cache", netspec("doctor").out)


def test_a_package_that_is_missing_is_told_with_the_way_to_get_it(
    netspec: Netspec, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(name: str) -> str:
        if name == "jsonschema":
            raise PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr("importlib.metadata.version", version)
    ended = netspec("doctor")
    assert ended.exit_code == 1
    assert line_of("jsonschema", ended.out).split(maxsplit=2) == ["missing", "jsonschema", 'pip install "jsonschema"']


def test_a_folder_that_cannot_be_written_is_told(netspec: Netspec, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    ended = netspec("doctor")
    assert ended.exit_code == 1 and "can't be written: permission denied" in line_of("runs", ended.out)
