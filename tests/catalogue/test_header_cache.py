"""Headers of images are read once, and again as soon as anything about their files has changed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from PIL import Image

from netspec.catalogue.sources import DataFolders
from netspec.catalogue.sources.image_folder import ImageFolder
from netspec.catalogue.types import DataType
from netspec.formats import header_cache
from netspec.formats.errors import DataError
from netspec.memory import CACHE_FOLDER

COUNT = 40


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolders:
    monkeypatch.setenv(CACHE_FOLDER, str(tmp_path / "kept"))
    for number in range(COUNT):
        paint(tmp_path / "p" / ("cat", "dog")[number % 2] / f"{number}.png", number)
    return DataFolders(tmp_path, tmp_path / "data")


def paint(path: Path, seed: int, size: int = 4) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8)).save(path)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files whose headers are read."""
    found: list[str] = []
    read = header_cache.read_header

    def counted(path: str) -> Any:
        found.append(Path(path).name)
        return read(path)

    monkeypatch.setattr(header_cache, "read_header", counted)
    return found


def described(folders: DataFolders) -> DataType:
    return ImageFolder(path="p").describe(folders)


def kept(folders: DataFolders) -> Path:
    (path,) = (folders.spec / "kept" / "headers").iterdir()
    return path


def test_the_second_time_they_are_not_read(folders: DataFolders, reads: list[str]) -> None:
    first = described(folders)
    assert len(reads) == COUNT
    assert described(folders) == first and len(reads) == COUNT


def test_it_does_not_matter_from_where_the_folder_is_named(
    folders: DataFolders, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    described(folders)
    monkeypatch.chdir(folders.spec)
    described(DataFolders(Path(), Path("data")))
    assert len(reads) == COUNT


def test_only_what_is_new_or_has_changed_is_read(folders: DataFolders, reads: list[str]) -> None:
    described(folders)
    reads.clear()
    paint(folders.spec / "p/cat/new.png", 99)
    paint(folders.spec / "p/dog/1.png", 98)
    described(folders)
    assert sorted(reads) == ["1.png", "new.png"]
    described(folders)
    assert len(reads) == 2


def test_a_second_look_does_not_go_through_what_is_kept_of_each_image(
    folders: DataFolders, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    described(folders)
    lines: list[bytes] = []
    parsed = json.loads

    def counted(line: bytes) -> Any:
        lines.append(line)
        return parsed(line)

    monkeypatch.setattr(json, "loads", counted)
    described(folders)
    assert len(lines) == 1 and len(lines[0]) < 300


def test_another_size_is_noticed(folders: DataFolders) -> None:
    described(folders)
    before = (folders.spec / "p/cat/0.png").stat()
    paint(folders.spec / "p/cat/0.png", 1, size=5)
    os.utime(folders.spec / "p/cat/0.png", ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(DataError, match="is 4 x 4, and"):
        described(folders)


def rewritten(change: Callable[[dict[str, Any]], object], line: int = 0) -> Callable[[Path], object]:
    """What was kept with something else in a line of it."""

    def rewrite(path: Path) -> None:
        lines = [json.loads(line) for line in path.read_bytes().split(b"\n")]
        change(lines[line])
        if line:
            # what is said of all images together is out of date, so that each is looked for
            lines[0]["state"] = "0"
        path.write_text("\n".join(map(json.dumps, lines)))

    return rewrite


def of_each(change: Callable[[Any], object]) -> Callable[[Path], object]:
    """What was kept with something else in the place of what is said of each image."""
    return rewritten(lambda files: files.update({name: change(entry) for name, entry in files.items()}), line=1)


def header(*values: Any) -> Callable[[dict[str, Any]], object]:
    return lambda content: content.update(rows=[[values, 0, COUNT]])


DAMAGES: dict[str, Callable[[Path], object]] = {
    "nothing": lambda path: path.write_bytes(b""),
    "no JSON": lambda path: path.write_bytes(b"{"),
    "other bytes": lambda path: path.write_bytes(os.urandom(5000)),
    "nested deep": lambda path: path.write_bytes(b"[" * 100_000),
    "a list": lambda path: path.write_bytes(b"[]"),
    "another format": rewritten(lambda content: content.update(format=99)),
    "another Pillow": rewritten(lambda content: content.update(pillow="0")),
    "no headers": rewritten(lambda content: content.update(rows=[])),
    "headers of nothing": rewritten(header()),
    "a size below 0": rewritten(header(-4, 4, "RGB", False, False)),
    "a size that is none": rewritten(header("4", 4, "RGB", False, False)),
    "a size too large": rewritten(header(2**20, 2**20, "RGB", False, False)),
    "a mode that is none": rewritten(header(4, 4, "\x1b[31m", False, False)),
    "a number that is none": rewritten(
        lambda content: content.update(rows=[[[4, 4, "RGB", False, False], "0", COUNT]])
    ),
    "files cut off": of_each(lambda entry: entry[:2]),
    "stamps that are none": of_each(lambda entry: 7),
    "headers that aren't there": of_each(lambda entry: [*entry[:3], 7]),
    "headers from the end": of_each(lambda entry: [*entry[:3], -1]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_is_read_again(folders: DataFolders, reads: list[str], damage: str) -> None:
    first = described(folders)
    DAMAGES[damage](kept(folders))
    assert described(folders) == first and len(reads) == 2 * COUNT
    assert described(folders) == first and len(reads) == 2 * COUNT


@pytest.mark.parametrize("values", [[5, 5, "RGB", False, False], [4, 4, "L", False, False], [4, 4, "RGB", True, False]])
def test_what_is_forged_is_never_trained_on(folders: DataFolders, values: list[Any]) -> None:
    described(folders)
    (before,) = ImageFolder(path="p").load(folders).train.inputs
    rewritten(lambda content: content.update(rows=[[values, 0, COUNT]]))(kept(folders))
    (after,) = ImageFolder(path="p").load(folders).train.inputs
    scaled = after * 255 if after.dtype == np.float32 else after
    assert after.shape == before.shape and np.abs(scaled - before.astype(float)).max() < 1e-3


def test_a_first_image_that_is_none_of_them_is_not_believed(folders: DataFolders, reads: list[str]) -> None:
    first = described(folders)
    rewritten(lambda content: content.update(rows=[[[4, 4, "RGB", False, False], COUNT, COUNT]]))(kept(folders))
    assert described(folders) == first and len(reads) == COUNT


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_a_pipe_in_its_place_is_not_waited_for(folders: DataFolders, reads: list[str]) -> None:
    described(folders)
    path = kept(folders)
    path.unlink()
    os.mkfifo(path)
    described(folders)
    assert len(reads) == 2 * COUNT


def test_a_file_too_large_is_not_read(folders: DataFolders, reads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    described(folders)
    monkeypatch.setattr(header_cache, "MOST_BYTES", 100)
    described(folders)
    assert len(reads) == 2 * COUNT


def test_where_nothing_can_be_kept_they_are_read_each_time(
    folders: DataFolders, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folders.spec / "file").write_text("no folder")
    monkeypatch.setenv(CACHE_FOLDER, str(folders.spec / "file"))
    assert described(folders) == described(folders) and len(reads) == 2 * COUNT


def test_good_headers_are_kept_though_others_are_bad(folders: DataFolders, reads: list[str]) -> None:
    (folders.spec / "p/cat/0.png").write_bytes(b"")
    for _ in range(2):
        with pytest.raises(DataError, match="isn't an image"):
            described(folders)
    assert len(reads) == COUNT + 1


def test_several_may_write_at_once(folders: DataFolders, reads: list[str]) -> None:
    threads = [Thread(target=described, args=(folders,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reads.clear()
    described(folders)
    assert reads == [] and [path.suffix for path in kept(folders).parent.iterdir()] == [".json"]


def test_the_oldest_go_first(folders: DataFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    described(folders)
    os.utime(kept(folders), (0, 0))
    monkeypatch.setattr(header_cache, "MOST_FILES", 1)
    before = kept(folders)
    (folders.spec / "p").rename(folders.spec / "q")
    ImageFolder(path="q").describe(folders)
    assert kept(folders) != before


def test_few_headers_are_not_kept(folders: DataFolders) -> None:
    for path in sorted((folders.spec / "p").rglob("*.png"))[10:]:
        path.unlink()
    (folders.spec / "p/dog").mkdir(exist_ok=True)
    paint(folders.spec / "p/dog/1.png", 1)
    described(folders)
    assert not (folders.spec / "kept").exists()
