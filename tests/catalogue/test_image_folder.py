"""Folders of images: the type that a look at them gives, the pixels, and every way in which a folder can be wrong."""

from __future__ import annotations

import os
import struct
import sys
import warnings
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.datasets import ImageFolder as Theirs
from torchvision.transforms.v2 import functional

from netspec.catalogue.sources import DataFolders
from netspec.catalogue.sources.image_folder import ImageFolder
from netspec.data.prepare import prepare
from netspec.formats.errors import DataError
from netspec.program.plan import make_plan
from netspec.program.splits import Splits
from tests.specs import check, rendered


@pytest.fixture
def folders(tmp_path: Path) -> DataFolders:
    return DataFolders(tmp_path, tmp_path / "data")


def draw(path: Path, *, height: int = 6, width: int = 5, mode: str = "RGB", seed: int = 0) -> Path:
    """An image of noise; the classes' folders are made for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    bands = len(Image.new(mode, (1, 1)).getbands())
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, bands), dtype=np.uint8)
    Image.fromarray(noise.squeeze(2) if bands == 1 else noise).convert(mode).save(path)
    return path


@pytest.fixture
def photos(folders: DataFolders) -> Path:
    """Two classes of three images each."""
    root = folders.spec / "photos"
    for number, name in enumerate(("cat/b.png", "cat/a.PNG", "cat/deep/c.bmp", "dog/1.png", "dog/10.png", "dog/2.ppm")):
        draw(root / name, seed=number)
    return root


def source(**arguments: Any) -> ImageFolder:
    return ImageFolder(path="photos", **arguments)


def error_of(folders: DataFolders, **arguments: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        source(**arguments).load(folders)
    return caught.value


def test_the_type_is_read_off_the_folder(folders: DataFolders, photos: Path) -> None:
    kind = source().describe(folders)
    assert str(kind) == "image[3, 6, 5] x class[2]"
    assert kind.target.names == ("cat", "dog") and (kind.train, kind.test, kind.validation) == (6, 0, 0)  # pyright: ignore


def test_images_and_their_order_are_those_of_torchvision(folders: DataFolders, photos: Path) -> None:
    (found,), targets = (loaded := source().load(folders).train).inputs, loaded.targets
    theirs = Theirs(str(photos))
    assert theirs.classes == ["cat", "dog"] and targets.tolist() == theirs.targets
    wanted = [functional.pil_to_tensor(image) for image, _ in theirs]
    assert torch.equal(torch.from_numpy(found), torch.stack(wanted))


def test_resizing_is_that_of_torchvision(folders: DataFolders, photos: Path) -> None:
    draw(photos / "cat" / "a.PNG", height=40, width=33)
    (found,) = source(size=(7, 9)).load(folders).train.inputs
    wanted = [functional.pil_to_tensor(functional.resize(image, [7, 9])) for image, _ in Theirs(str(photos))]
    assert torch.equal(torch.from_numpy(found), torch.stack(wanted))


def test_threads_that_read_images_leave_the_filters_of_warnings_as_they_were(folders: DataFolders) -> None:
    for number in range(60):
        draw(folders.spec / "photos" / "cat" / f"{number}.png", height=40, width=40, seed=number)
        draw(folders.spec / "photos" / "dog" / f"{number}.png", height=40, width=40, seed=number)
    before = [*warnings.filters]
    for _ in range(3):
        source().load(replace(folders, workers=8))
    assert warnings.filters == before


def test_what_pillow_warns_of_is_not_said(folders: DataFolders, photos: Path) -> None:
    Image.new("P", (5, 6)).save(photos / "cat" / "a.PNG", transparency=b"\x80")
    assert len(source(mode="rgb").load(folders).train.targets) == 6


def test_the_order_is_not_the_file_system_s(
    folders: DataFolders, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from netspec.formats import folder_tree

    first = source().load(folders).train
    entries = folder_tree._entries
    monkeypatch.setattr(folder_tree, "_entries", lambda folder: entries(folder)[::-1])
    again = source().load(folders).train
    assert np.array_equal(first.inputs[0], again.inputs[0]) and np.array_equal(first.targets, again.targets)


@pytest.mark.parametrize("validation", ["val", "valid", "validation"])
def test_train_test_and_val_are_splits(folders: DataFolders, validation: str) -> None:
    root = folders.spec / "photos"
    for number, name in enumerate(("train/cat/1", "train/dog/1", "train/dog/2", "test/dog/1", f"{validation}/cat/1")):
        draw(root / f"{name}.png", seed=number)
    loaded = source().load(folders)
    assert loaded.type.counts == (3, 1, 1) and loaded.type == source().describe(folders)
    assert loaded.train.targets.tolist() == [0, 1, 1]
    assert loaded.test is not None and loaded.test.targets.tolist() == [1]
    assert loaded.validation is not None and loaded.validation.targets.tolist() == [0]


def test_splits_of_the_folder_are_those_of_the_experiment(folders: DataFolders) -> None:
    for name in ("train/cat/1", "train/cat/2", "train/dog/1", "val/cat/1", "val/dog/1"):
        draw(folders.spec / "photos" / f"{name}.png", seed=len(name))
    spec = 'data {\n  source = image_folder("photos")\n}\nmodel {\n  flatten -> linear(2)\n}\n'
    stop = "train {\n  stop = early_stopping(monitor=validation.loss, patience=3 epochs)\n}\n"
    program = check(spec + stop, folder=folders.spec).require()
    prepared = prepare(program, torch.device("cpu"))
    assert prepared.validation is not None and prepared.test is None
    assert make_plan(program).splits == Splits(3, 2, 0) and len(prepared.validation.targets) == 2
    wrong = check(spec.replace('photos")', 'photos")\n  validation = 10%'), folder=folders.spec)
    assert "the source has a validation split of its own, of 2 samples" in rendered(wrong)


@pytest.mark.parametrize(("mode", "channels"), [("gray", 1), ("rgb", 3), ("rgba", 4)])
def test_images_are_brought_to_a_mode(folders: DataFolders, photos: Path, mode: Any, channels: int) -> None:
    draw(photos / "cat" / "grey.png", mode="L")
    draw(photos / "dog" / "3.png", mode="RGBA")
    assert source(mode=mode).load(folders).train.inputs[0].shape == (8, channels, 6, 5)


def test_gray_images_are_gray(folders: DataFolders) -> None:
    for name in ("cat/1.png", "dog/1.png"):
        draw(folders.spec / "photos" / name, mode="L")
    assert str(source().describe(folders).fields[0]) == "image[1, 6, 5]"


@pytest.mark.parametrize("name", [".DS_Store", ".hidden.png", "Thumbs.db", "desktop.ini"])
def test_what_is_hidden_is_skipped(folders: DataFolders, photos: Path, name: str) -> None:
    for folder in (photos, photos / "cat"):
        (folder / name).write_bytes(b"")
    assert source().describe(folders).train == 6


# ------------------------------------------------------------------------------------------------------- what is wrong


def bomb(path: Path, width: int, height: int) -> None:
    """A PNG file that says it is huge and is not."""
    chunks = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0), b"IDAT" + zlib.compress(b"")
    parts = (struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in chunks)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def test_images_of_another_size_are_named_with_the_remedy(folders: DataFolders, photos: Path) -> None:
    path = draw(photos / "dog" / "1.png", height=9, width=9)
    error = error_of(folders)
    assert error.path == path and "dog/1.png` is 9 x 9, and" in error.reason and "cat/a.PNG` is 6 x 5" in error.reason
    assert error.help == '`image_folder("photos", size=[6, 5])` brings all images to one size'
    assert source(size=(6, 5)).load(folders).type.train == 6


def test_images_of_another_mode_are_named_with_the_remedy(folders: DataFolders, photos: Path) -> None:
    path = draw(photos / "dog" / "1.png", mode="L")
    error = error_of(folders)
    assert error.path == path and "dog/1.png` has the mode L, and" in error.reason
    assert error.help == '`image_folder("photos", mode=rgb)` brings all images to one mode'


@pytest.mark.parametrize(("mode", "remedy"), [("P", "mode=rgb"), ("1", "mode=gray")])
def test_a_mode_that_no_network_takes_is_named(folders: DataFolders, mode: str, remedy: str) -> None:
    for name in ("cat/1.png", "dog/1.png"):
        path = draw(folders.spec / "photos" / name)
        Image.open(path).convert(mode).save(path)
    error = error_of(folders)
    assert f"has the mode {mode}" in error.reason and remedy in (error.help or "")


@pytest.mark.parametrize("size", [(50_000, 50_000), (2**14, 2**13 + 1)], ids=["Pillow's limit", "netspec's limit"])
def test_a_decompression_bomb_is_refused_by_a_check(folders: DataFolders, photos: Path, size: tuple[int, int]) -> None:
    bomb(photos / "cat" / "x.png", *size)
    with pytest.raises(DataError, match=r"cat/x\.png` has more than 134_217_728 pixels"):
        source().describe(folders)


def test_an_image_that_is_cut_off_is_named_when_it_is_loaded(folders: DataFolders, photos: Path) -> None:
    path = draw(photos / "cat" / "b.png", height=60, width=50)
    path.write_bytes(path.read_bytes()[:2000])
    error = error_of(folders, size=(6, 5))
    assert error.path == path and "b.png` isn't an image that can be read" in error.reason


@pytest.mark.parametrize(
    "content", [b"", b"no image", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff\xe0" + bytes(40)]
)
def test_a_file_that_only_has_the_name_of_an_image_is_named(folders: DataFolders, photos: Path, content: bytes) -> None:
    (photos / "cat" / "x.png").write_bytes(content)
    assert "cat/x.png` isn't an image that can be read" in error_of(folders).reason


def test_a_damaged_header_never_ends_in_a_traceback(folders: DataFolders, photos: Path) -> None:
    path = photos / "cat" / "b.png"
    good = path.read_bytes()
    chance = np.random.default_rng(0)
    for _ in range(200):
        broken = bytearray(good)
        for index in chance.integers(0, len(good), 4):
            broken[index] = chance.integers(256)
        path.write_bytes(bytes(broken))
        try:
            source(size=(6, 5), mode="rgb").load(folders)
        except DataError as error:
            assert error.path == path


def test_other_files_in_a_class_are_named(folders: DataFolders, photos: Path) -> None:
    (photos / "cat" / "notes.txt").write_text("")
    assert "cat/notes.txt` isn't an image" in error_of(folders).reason


def test_an_image_beside_the_classes_is_named(folders: DataFolders, photos: Path) -> None:
    draw(photos / "lost.png")
    assert "lost.png` stands beside folders of images" in error_of(folders).reason


def test_an_empty_class_is_named(folders: DataFolders, photos: Path) -> None:
    (photos / "emu").mkdir()
    assert "the class `emu` has no image" in error_of(folders).reason


@pytest.mark.parametrize("classes", [[], ["cat"]])
def test_there_are_classes(folders: DataFolders, classes: list[str]) -> None:
    (folders.spec / "photos").mkdir()
    for name in classes:
        draw(folders.spec / "photos" / name / "1.png")
    assert "but each class needs one" in error_of(folders).reason


def test_a_class_that_is_not_trained_is_named(folders: DataFolders) -> None:
    for name in ("train/cat/1.png", "train/dog/1.png", "test/emu/1.png"):
        draw(folders.spec / "photos" / name)
    assert "test/emu` is a class that the images to train on don't have" in error_of(folders).reason


def test_a_folder_beside_train_is_a_split(folders: DataFolders) -> None:
    for name in ("train/cat/1.png", "train/dog/1.png", "extra/dog/1.png"):
        draw(folders.spec / "photos" / name)
    assert "extra` stands beside `train`, and is none of train, test, val" in error_of(folders).reason


def test_val_and_valid_are_the_same(folders: DataFolders) -> None:
    for name in ("train/cat/1.png", "train/dog/1.png", "val/dog/1.png", "valid/dog/1.png"):
        draw(folders.spec / "photos" / name)
    assert "val, valid, which mean the same" in error_of(folders).reason


@pytest.mark.parametrize("path", ["nowhere", "x" * 5000, "photos/cat/a.PNG"])
def test_a_folder_that_is_not_there_is_missing(folders: DataFolders, photos: Path, path: str) -> None:
    with pytest.raises(DataError) as caught:
        ImageFolder(path=path).describe(folders)
    assert caught.value.what == "missing" and ImageFolder(path=path).unavailable(folders) is not None


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_leads_to_a_file_in_the_folder(folders: DataFolders, photos: Path) -> None:
    (photos / "cat" / "link.png").symlink_to(photos / "cat" / "b.png")
    assert source().describe(folders).train == 7
    outside = draw(folders.spec / "secret.png")
    for target in (outside, photos / "dog", photos / "nothing.png", photos / "cat" / "link.png"):
        (photos / "cat" / "link.png").unlink()
        (photos / "cat" / "link.png").symlink_to(target)
        assert "cat/link.png` leads out of the folder, or to no file" in error_of(folders).reason
    (photos / "cat" / "link.png").unlink()
    (photos / "emu").symlink_to(photos / "dog")
    assert "emu` stands beside folders of images, and is none" in error_of(folders).reason


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such names")
@pytest.mark.parametrize("name", [b"\x1b[31m.png", b"a\nb.png", b"\xff.png"])
def test_a_name_with_odd_characters_is_refused_and_not_printed(folders: DataFolders, photos: Path, name: bytes) -> None:
    (photos / "cat" / os.fsdecode(name)).write_bytes(b"")
    reason = error_of(folders).reason
    assert "has a control character in its name" in reason and reason.isprintable()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in folders")
def test_a_pipe_is_not_waited_for(folders: DataFolders, photos: Path) -> None:
    os.mkfifo(photos / "cat" / "pipe.png")
    assert "pipe.png` isn't an image" in error_of(folders).reason


def test_a_check_shows_the_file_and_the_remedy(folders: DataFolders, photos: Path) -> None:
    draw(photos / "dog" / "1.png", height=9, width=9)
    spec = 'data {\n  source = image_folder("photos")\n}\nmodel {\n  flatten -> linear(2)\n}\n'
    shown = rendered(check(spec, folder=folders.spec))
    assert "error[NS502]" in shown and "spec.net:2:25" in shown and "size=[6, 5]" in shown
    assert shown.count("error[") == 1
