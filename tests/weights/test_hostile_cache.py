"""Whatever somebody has put into the cache of weights: it is said, or downloaded again, and nothing else is touched."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from netspec import api
from netspec.problems import NetspecError
from netspec.weights.fetch import fetch
from tests.cli.conftest import Netspec, folder, netspec
from tests.security.hostile import CODE, SECRET
from tests.specs import check
from tests.weights.test_fetch import NAME, SPEC, Server, content, converted_here, original, server

__all__ = ["content", "converted_here", "folder", "netspec", "original", "server"]

Break = Callable[[Path, Path], object]
"""Puts something in the place of the cached file; the second path is a folder outside of the cache."""


def in_its_place(put: Callable[[Path, Path], object]) -> Break:
    return lambda path, outside: (path.unlink(), put(path, outside))


def linked(name: str) -> Break:
    return in_its_place(lambda path, outside: path.symlink_to(outside / name))


def moved(path: Path, outside: Path) -> None:
    path.rename(outside / "sound.safetensors")
    path.symlink_to(outside / "sound.safetensors")


def record(**changed: object) -> Break:
    def breaks(path: Path, outside: Path) -> None:
        file = path.with_suffix(".json")
        file.write_text(json.dumps({**json.loads(file.read_text()), **changed}))

    return breaks


def as_record(content: bytes) -> Break:
    return lambda path, outside: path.with_suffix(".json").write_bytes(content)


def folder_as_record(path: Path, outside: Path) -> None:
    path.with_suffix(".json").unlink()
    path.with_suffix(".json").mkdir()


REFUSED: dict[str, tuple[Break, str]] = {
    "a folder": (in_its_place(lambda path, _: path.mkdir()), "the cached weights are damaged"),
    "a pipe": (in_its_place(lambda path, _: os.mkfifo(path)), "the cached weights are damaged"),
    "a link to a device": (linked("/dev/zero"), "the cached weights are damaged"),
    "a link to a file of torch.save": (linked("weights.pth"), "is a file of torch.save"),
    "a link to a secret": (linked("secret.txt"), "the cached weights are damaged"),
    "an empty file": (in_its_place(lambda path, _: path.touch()), "the cached weights are damaged"),
    "a digest that lies": (record(converted="0" * 64), "isn't what it was when it was checked or saved"),
    "a folder as the record": (folder_as_record, "the cache"),
}
HARMLESS: dict[str, tuple[Break, int]] = {
    # how often it has been downloaded in the end
    "a link to itself": (in_its_place(lambda path, _: path.symlink_to(path.name)), 2),
    "a link to nowhere": (linked("made.safetensors"), 2),
    "a link to sound weights": (moved, 1),
    "a size that lies": (record(size=-(10**30)), 1),
    "a url of no text": (record(url="https://x/\ud800"), 2),
    "a deep record": (as_record(b"[" * 100_000), 2),
    "a large record": (as_record(b" " * (65 * 2**20)), 2),
    "a key twice": (as_record(b'{"format": 1, "format": 1}'), 2),
    **{f"a url of {code}": (record(url=f"https://x/{code}\x1b[31m"), 1) for code in (CODE[2], CODE[14])},
}


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    place = tmp_path / "outside"
    place.mkdir()
    (place / "secret.txt").write_text(SECRET * 100)
    (place / "weights.pth").write_bytes(b"PK\x03\x04" + b"\0" * 100)
    return place


def contents(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in place.iterdir() if path.name != "sound.safetensors"}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_weights_is_said(case: str, server: Server, outside: Path) -> None:
    breaks, said = REFUSED[case]
    breaks(fetch(*NAME), outside)
    before = contents(outside)
    with pytest.raises(NetspecError) as refused:
        api.build(check(SPEC).require())
    text = " ".join(f"{item.message} {item.help}" for item in refused.value.diagnostics)
    assert said in text
    assert SECRET not in text
    api.list_weights()
    assert contents(outside) == before


@pytest.mark.parametrize("case", HARMLESS)
def test_what_is_no_matter_is_loaded_or_downloaded_again(case: str, server: Server, outside: Path) -> None:
    breaks, times = HARMLESS[case]
    breaks(fetch(*NAME), outside)
    before = contents(outside)
    api.build(check(SPEC).require())
    assert server.asked == times
    api.list_weights()
    assert contents(outside) == before


def test_what_a_record_says_of_a_url_is_shown_as_a_text(server: Server, outside: Path, netspec: Netspec) -> None:
    record(url="https://x/\x1b[31m<img src=x onerror=alert(1)>")(fetch(*NAME), outside)
    Path("spec.net").write_text(SPEC)
    for command in (
        ("check", "spec.net"),
        ("plan", "spec.net"),
        ("run", "spec.net", "--out", "run", "--device", "cpu"),
    ):
        ended = netspec(*command)
        assert ended.exit_code == 0, ended.err
        assert "\x1b" not in ended.out + ended.err
    assert "<img src=x" not in Path("run/report.html").read_text()
    assert "&lt;img src=x" in Path("run/report.html").read_text()
