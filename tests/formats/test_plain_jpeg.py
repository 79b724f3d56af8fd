"""Small JPEG files are read without Pillow's opening them, and what comes out is what Pillow makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from netspec.formats.form import Form
from netspec.formats.images import read_plain
from netspec.formats.jpeg import plain_header, plain_picture
from netspec.formats.pixels import read_all
from netspec.formats.plain import MOST_BYTES, MOST_PIXELS
from tests.formats.plain import has_pillows_header, is_pillows, outcome

HEIGHT, WIDTH = 33, 31
FORMS = ("gray", "rgb", "rgba")
RGB = Form("rgb", (HEIGHT, WIDTH))


def noise(mode: str = "RGB", seed: int = 0) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    return Image.fromarray(values).convert(mode)


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2) + content


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"progressive": True},
        {"optimize": True},
        {"quality": 100, "subsampling": 0},
        {"subsampling": "4:1:1"},
        {"dpi": (72, 72), "comment": b"a picture"},
        {"restart_marker_blocks": 2},
        {"keep_rgb": True},
    ],
    ids=str,
)
def test_pixels_are_pillows(tmp_path: Path, mode: str, form: Any, settings: dict[str, Any]) -> None:
    path = tmp_path / "x.jpg"
    noise(mode).save(path, **settings)
    assert read_plain(path) is not None and has_pillows_header(path)
    assert is_pillows(path, Form(form, (HEIGHT, WIDTH))) and is_pillows(path, Form(form, (7, 40)))


def test_what_is_not_plain_is_left_to_pillow(tmp_path: Path) -> None:
    """An orientation, further pictures, four components, and segments that stand where none may stand."""
    path = tmp_path / "x.jpg"
    noise().save(path)
    content, exif = path.read_bytes(), Image.Exif()
    exif[0x0112] = 6
    marks = [segment(*each) for each in ((0xC0, b""), (0xC0, content[163:178]), (0xE0, b"JFIF"), (0xEE, b"Adobe"))]
    marks += [segment(*each) for each in ((0xE2, b"MPF\0"), (0xED, b"Photoshop 3.0\0"), (0xDB, b"\0"), (0xC4, b""))]
    files = {f"{mark[:8]!r}": content[:2] + mark + content[2:] for mark in marks[:-1]}
    files |= {"cut off": content[:300], "no marker": content[:2] + b"\0" + content[2:], "padded": b"\xff" + content}
    variants: list[tuple[str, dict[str, Any]]] = [
        ("RGB", {"exif": exif}),
        ("CMYK", {}),
        ("RGB", {"icc_profile": b"x" * 200}),
    ]
    for mode, settings in variants:
        noise(mode).save(path, **settings)
        files[f"{mode} {[*settings]}"] = path.read_bytes()
    for name, file in files.items():
        path.write_bytes(file)
        assert read_plain(path) is None, name
        assert is_pillows(path, RGB) and has_pillows_header(path), name


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_of_a_damaged_file_comes_what_pillow_makes_of_it(tmp_path: Path, mode: str, progressive: bool) -> None:
    path = tmp_path / "x.jpg"
    noise(mode).save(path, progressive=progressive, comment=b"a picture")
    good, rng = path.read_bytes(), np.random.default_rng(0)
    scan = good.index(b"\xff\xda") + 20
    bad = plain = 0
    for number in range(300):
        broken = bytearray(good)
        for index in rng.integers(0, scan if number % 2 else len(good), 1 + number % 3):
            broken[index] ^= 1 << int(rng.integers(8))
        path.write_bytes(broken[: len(good) - (number % 5 == 0) * int(rng.integers(len(good)))])
        assert is_pillows(path, RGB) and has_pillows_header(path)
        bad += isinstance(outcome(path, RGB), str)
        plain += read_plain(path) is not None
    assert bad > 50 and plain > 50


def test_few_bytes_that_stand_for_many_pixels_and_large_files_are_left_to_pillow(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    Image.new("L", (2 * MOST_PIXELS // 1024, 1024)).save(path)
    assert path.stat().st_size < MOST_BYTES and plain_picture(path.read_bytes()) is None
    noise().resize((320, 320)).save(path, quality=100)
    assert path.stat().st_size > MOST_BYTES and plain_header(path.read_bytes()[:MOST_BYTES]) is None


def test_a_folder_of_plain_files_is_read_without_opening_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening takes several times as long as decoding a small picture."""
    for number in range(100):
        noise(seed=number).save(tmp_path / f"{number}.jpg")
    paths = sorted(map(str, tmp_path.iterdir()))
    wanted = np.stack([np.asarray(Image.open(path)).transpose(2, 0, 1) for path in paths])

    def refused(*arguments: object, **settings: object) -> None:
        raise AssertionError("opened")

    monkeypatch.setattr(Image, "open", refused)
    assert np.array_equal(read_all(paths, RGB), wanted)
