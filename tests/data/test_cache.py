"""Samples of image files are read once, and again as soon as anything about the files has changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from netspec.catalogue.entry import find
from netspec.catalogue.sources import DataFolders, Loaded
from netspec.catalogue.sources.cifar10 import Cifar10
from netspec.catalogue.sources.csv import Csv
from netspec.catalogue.sources.image_folder import ImageFolder
from netspec.catalogue.sources.iris import Iris
from netspec.catalogue.sources.mnist import Mnist
from netspec.catalogue.target_columns import TargetColumn
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.targets.number import Number
from netspec.data import cache
from netspec.data.cache import Read, read
from netspec.memory import CACHE_FOLDER


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolders:
    monkeypatch.setenv(CACHE_FOLDER, str(tmp_path / "kept"))
    for number, name in enumerate(("train/cat/1", "train/cat/2", "train/dog/1", "test/cat/1", "test/dog/1")):
        path = tmp_path / "photos" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        paint(path, number)
    return DataFolders(tmp_path, tmp_path / "data")


def paint(path: Path, seed: int) -> None:
    """An image without compression, so that all of a size are as large."""
    pixels = np.random.default_rng(seed).integers(0, 256, (6, 5, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path.with_suffix(".bmp"))
    path.with_suffix(".bmp").rename(path)


SOURCE = ImageFolder(path="photos")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows each time that the files are read."""
    found: list[str] = []
    load = ImageFolder.load

    def counted(source: ImageFolder, folders: DataFolders):
        found.append(source.path)
        return load(source, folders)

    monkeypatch.setattr(ImageFolder, "load", counted)
    return found


def same(left: Read, right: Read) -> bool:
    return left.digest == right.digest and all(
        np.array_equal(one, other) for one, other in zip(arrays(left), arrays(right), strict=True)
    )


def arrays(found: Read) -> list[np.ndarray]:
    loaded = found.loaded
    return [values for some in (loaded.train, loaded.test) if some for values in (*some.inputs, some.targets)]


def test_the_second_time_they_are_not_read(folders: DataFolders, reads: list[str]) -> None:
    first, second = read(SOURCE, folders), read(SOURCE, folders)
    assert len(reads) == 1 and same(first, second)
    assert second.loaded.type == first.loaded.type and second.loaded.validation is None


def test_a_source_without_splits_of_its_own_is_kept_too(folders: DataFolders, reads: list[str]) -> None:
    source = ImageFolder(path="photos/train")
    first, second = read(source, folders), read(source, folders)
    assert len(reads) == 1 and same(first, second) and second.loaded.test is None


def test_of_what_is_kept_nothing_is_written_to(folders: DataFolders, reads: list[str]) -> None:
    first = read(SOURCE, folders)
    read(SOURCE, folders).loaded.train.inputs[0][:] = 0
    assert same(read(SOURCE, folders), first) and len(reads) == 1


def forge(path: Path) -> None:
    """Other pixels with the same size and the same times, as far as times can be set."""
    before = path.stat()
    paint(path, 99)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size and path.stat().st_mtime_ns == before.st_mtime_ns


CHANGES: dict[str, Callable[[Path], object]] = {
    "another image": lambda root: paint(root / "train" / "cat" / "1.png", 99),
    "another one with the same size and time": lambda root: forge(root / "train" / "cat" / "1.png"),
    "one more": lambda root: paint(root / "train" / "dog" / "2.png", 99),
    "one less": lambda root: (root / "train" / "cat" / "2.png").unlink(),
    "another name": lambda root: (root / "train" / "cat" / "2.png").rename(root / "train" / "dog" / "2.png"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_once_a_file_has_changed_they_are_read_again(folders: DataFolders, reads: list[str], change: str) -> None:
    before = read(SOURCE, folders)
    CHANGES[change](folders.spec / "photos")
    after = read(SOURCE, folders)
    assert len(reads) == 2 and not same(before, after)
    assert same(after, Read(SOURCE.load(folders), after.digest))


# ---- tables ----


@pytest.fixture
def table(folders: DataFolders, monkeypatch: pytest.MonkeyPatch) -> DataFolders:
    """A folder with a table whose column `Id` numbers the rows, whose column `a` has a gap, and whose targets may be
    classes or numbers; it counts as slow to read."""
    rows = "".join(f"{row},{row % 7 or ''},{row % 4}\n" for row in range(40))
    (folders.spec / "t.csv").write_text(f"Id,a,y\n{rows}")
    monkeypatch.setattr("netspec.catalogue.sources._tabular.SLOW", 0)
    return folders


def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on reading a table fails."""
    monkeypatch.setattr("netspec.catalogue.sources._tabular.read_columns", None)


def test_a_table_that_was_kept_has_all_that_was_found_in_it(table: DataFolders, monkeypatch: pytest.MonkeyPatch):
    source = Csv(path="t.csv", target="y")
    first = read(source, table)
    unread(monkeypatch)
    again = read(source, table)
    assert again.digest == first.digest
    (one,), (other,) = first.loaded.type.fields, again.loaded.type.fields
    assert one.gap is not None and other.gap is not None and other.gap.to_json() == one.gap.to_json()
    assert again.loaded.type.reading == first.loaded.type.reading is not None
    assert again.loaded.type.remarks == first.loaded.type.remarks
    assert [remark.kind for remark in again.loaded.type.remarks] == ["identifier"]


def test_how_images_were_taken_is_kept_too(folders: DataFolders, reads: list[str]) -> None:
    cat = folders.spec / "photos/train/cat/1.png"
    with Image.open(cat) as image:
        image.convert("RGBA").save(cat)
    source = ImageFolder(path="photos", mode="rgb")
    first, again = read(source, folders), read(source, folders)
    assert len(reads) == 1
    assert again.loaded.type.fields[0].reading == first.loaded.type.fields[0].reading is not None


def test_what_the_loss_prefers_is_another_reading_of_the_targets(table: DataFolders) -> None:
    source = Csv(path="t.csv", target="y")
    for _ in range(2):  # read, and kept
        for kind, dtype in ((None, "int64"), (Classes, "int64"), (Number, "float32")):
            found = read(source, replace(table, prefers=kind)).loaded
            assert found.train.targets.dtype == dtype and found.type.target.dtype == dtype
            assert found.type.reading is not None and found.type.reading.preferred is (kind is not None)


def test_what_the_source_says_of_the_target_is_another_reading_of_it(table: DataFolders) -> None:
    for _ in range(2):
        for name, dtype in (("class", "int64"), ("number", "float32")):
            column = find(TargetColumn, name)
            assert column is not None
            loaded = read(Csv(path="t.csv", target=column(column="y")), table).loaded
            assert loaded.train.targets.dtype == dtype


def test_a_spec_elsewhere_is_shown_nothing_of_a_table_that_was_kept(table: DataFolders) -> None:
    source = Csv(path=str(table.spec / "t.csv"), target="y")
    (table.spec / "below").mkdir()
    for folder, quoted in ((table.spec, True), (table.spec / "below", False)):
        gap = read(source, replace(table, spec=folder)).loaded.type.fields[0].gap
        assert gap is not None and (gap.excerpt is not None) is quoted


# ---- damage ----


def test_another_size_is_another_reading(folders: DataFolders, reads: list[str]) -> None:
    read(SOURCE, folders)
    assert read(ImageFolder(path="photos", size=(4, 4)), folders).loaded.train.inputs[0].shape == (3, 3, 4, 4)
    assert len(reads) == 2


def entries(folders: DataFolders) -> list[Path]:
    """The folders of what is cache."""
    return list((folders.spec / "kept" / "data").iterdir())


def flip(path: Path, index: int = -1) -> None:
    content = bytearray(path.read_bytes())
    content[index] ^= 1
    path.write_bytes(content)


def swap(path: Path, old: bytes, new: bytes) -> None:
    """Other bytes in a file, as many as before."""
    content = path.read_bytes()
    assert content.count(old) == 1 and len(old) == len(new)
    path.write_bytes(content.replace(old, new))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a bit of an image": lambda entry: flip(entry / "train0.npy"),
    "a bit of a target": lambda entry: flip(entry / "test.npy"),
    "the order of bytes": lambda entry: swap(entry / "train.npy", b"<i8", b">i8"),
    "the shape": lambda entry: swap(entry / "train0.npy", b"(3, 3, 6, 5)", b"(3, 3, 5, 6)"),
    "the digest of all": lambda entry: flip(entry / "facts.json", len('{\n  "digest": "')),
    "a short file": lambda entry: os.truncate(entry / "train0.npy", 150),
    "no file": lambda entry: (entry / "train0.npy").unlink(),
    "Python objects": lambda entry: np.save(entry / "train0.npy", np.array([{}], object), allow_pickle=True),
    "no facts": lambda entry: (entry / "facts.json").write_text("{}"),
    "no JSON": lambda entry: (entry / "facts.json").write_text("{"),
    "no manifest": lambda entry: (entry / "MANIFEST.json").unlink(missing_ok=True),
    "a strange manifest": lambda entry: (entry / "MANIFEST.json").write_text('{"files": {}}'),
    "strange facts": lambda entry: (entry / "facts.json").write_text('{"digest": 1, "inputs": [1]}'),
    "no split to train on": lambda entry: (entry / "facts.json").write_text('{"digest": "", "inputs": {"test": 1}}'),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_is_read_and_kept_anew(folders: DataFolders, reads: list[str], damage: str) -> None:
    before = read(SOURCE, folders)
    (entry,) = entries(folders)
    DAMAGES[damage](entry)
    assert same(read(SOURCE, folders), before) and len(reads) == 2
    assert same(read(SOURCE, folders), before) and len(reads) == 2


def test_where_nothing_can_be_kept_they_are_read_each_time(
    folders: DataFolders, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folders.spec / "file").write_text("no folder")
    monkeypatch.setenv(CACHE_FOLDER, str(folders.spec / "file"))
    assert same(read(SOURCE, folders), read(SOURCE, folders)) and len(reads) == 2


def test_what_was_not_used_for_the_longest_time_goes_first(
    folders: DataFolders, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    used, old, new = (ImageFolder(path="photos", size=(size, 5)) for size in (4, 5, 6))
    for time, source in enumerate((used, old)):
        read(source, folders)
        os.utime(max(entries(folders), key=os.path.getmtime), (time, time))
    # as if it were full
    size = sum(file.stat().st_size for entry in entries(folders) for file in entry.iterdir())
    monkeypatch.setattr(cache, "LIMIT", size)
    read(used, folders)
    read(new, folders)
    assert len(reads) == 3
    read(used, folders)
    assert len(reads) == 3
    read(old, folders)
    assert len(reads) == 4


@pytest.mark.parametrize("scarce", ["the limit", "the disk"])
def test_for_what_is_too_large_nothing_else_goes(
    folders: DataFolders, reads: list[str], monkeypatch: pytest.MonkeyPatch, scarce: str
) -> None:
    small, size = ImageFolder(path="photos", size=(1, 1)), 5 * 3 * 6 * 5
    read(small, folders)
    if scarce == "the limit":
        monkeypatch.setattr(cache, "LIMIT", size - 1)
    else:
        monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=2 * size - 1))
    read(SOURCE, folders)
    read(SOURCE, folders)
    assert len(reads) == 3
    read(small, folders)
    assert len(reads) == 3


def test_files_that_change_while_they_are_read_are_read_again(
    folders: DataFolders, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load = ImageFolder.load

    def disturbed(source: ImageFolder, folders: DataFolders) -> Loaded:
        loaded = load(source, folders)
        CHANGES["another image"](folders.spec / "photos")
        return loaded

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(ImageFolder, "load", disturbed)
        before = read(SOURCE, folders)
    assert not same(read(SOURCE, folders), before) and len(reads) == 2


def test_files_that_loading_makes_are_read_once(
    folders: DataFolders, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    photos, load = folders.spec / "photos", ImageFolder.load
    photos.rename(folders.spec / "archive")

    def unpacked(source: ImageFolder, folders: DataFolders) -> Loaded:
        (folders.spec / "archive").rename(photos)
        return load(source, folders)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(ImageFolder, "load", unpacked)
        before = read(SOURCE, folders)
    assert same(read(SOURCE, folders), before) and len(reads) == 1


def test_what_is_read_quickly_is_not_kept(folders: DataFolders) -> None:
    read(Iris(), folders)
    assert not (folders.spec / "kept").exists()


def test_downloaded_files_are_read_once_too(folders: DataFolders) -> None:
    assert {path.name for path in Cifar10().slow_files(folders)} >= {"data_batch_1", "test_batch"}
    assert not Mnist().slow_files(folders)


def test_nothing_half_written_is_left(folders: DataFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object, **settings: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    read(SOURCE, folders)
    assert entries(folders) == []


def test_nothing_half_written_is_left_by_ctrl_c(folders: DataFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object, **settings: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        read(SOURCE, folders)
    assert entries(folders) == []
