"""Small PNG files are read without Pillow's opening them, and what comes out is what Pillow makes of them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from netspec.formats import pixels
from netspec.formats.form import Form
from netspec.formats.images import read_plain
from netspec.formats.pixels import read_all, read_pixels
from netspec.formats.plain import MOST_PIXELS
from netspec.formats.png import SIGNATURE, plain_picture
from tests.formats.plain import is_pillows, outcome

HEIGHT, WIDTH = 9, 7
MODES = ("L", "RGB", "RGBA")
FORMS = ("gray", "rgb", "rgba")
RGB = Form("rgb", (HEIGHT, WIDTH))


def noise(mode: str, seed: int = 0) -> Image.Image:
    channels = {"L": (), "RGB": (3,), "RGBA": (4,)}[mode]
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, *channels), dtype=np.uint8))


def chunk(name: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def chunks(path: Path) -> list[tuple[bytes, bytes]]:
    """The names and the contents of a file's chunks."""
    content, offset = path.read_bytes(), len(SIGNATURE)
    found: list[tuple[bytes, bytes]] = []
    while offset < len(content):
        length, name = struct.unpack_from(">I4s", content, offset)
        found.append((name, content[offset + 8 : offset + 8 + length]))
        offset += length + 12
    return found


def write(path: Path, parts: Iterable[tuple[bytes, bytes]]) -> None:
    path.write_bytes(SIGNATURE + b"".join(chunk(*part) for part in parts))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("settings", [{}, {"compress_level": 0}, {"optimize": True}, {"dpi": (72, 72)}], ids=str)
def test_pixels_are_pillows(tmp_path: Path, mode: str, form: Any, settings: dict[str, Any]) -> None:
    path = tmp_path / "x.png"
    noise(mode).save(path, **settings)
    assert read_plain(path) is not None
    assert is_pillows(path, Form(form, (HEIGHT, WIDTH)))


def test_pixels_may_be_in_several_chunks(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    noise("RGB").save(path)
    (header, (_, content), end) = chunks(path)
    write(path, [header, *((b"IDAT", content[start : start + 50]) for start in range(0, len(content), 50)), end])
    assert read_plain(path) is not None and is_pillows(path, RGB)


def test_what_is_not_plain_is_left_to_pillow(tmp_path: Path) -> None:
    """Lines in another order, colors that are transparent, texts, and chunks that stand where none may stand."""
    path = tmp_path / "x.png"
    noise("RGB").save(path)
    ((_, header), pixels, end) = chunks(path)
    half = len(pixels[1]) // 2
    apart = [(b"IDAT", pixels[1][:half]), (b"tIME", bytes(7)), (b"IDAT", pixels[1][half:])]
    variants = {
        "interlaced": [(b"IHDR", header[:-1] + b"\1"), pixels],
        "transparent": [(b"IHDR", header), (b"tRNS", bytes(6)), pixels],
        "text": [(b"IHDR", header), (b"tEXt", b"a\0b"), pixels],
        "apart": [(b"IHDR", header), *apart],
        "a gamma of no bytes": [(b"IHDR", header), (b"gAMA", b""), pixels],
        "a longer header": [(b"IHDR", header + b"\0"), pixels],
        "no pixels": [(b"IHDR", header)],
    }
    for name, parts in variants.items():
        write(path, [*parts, end])
        assert read_plain(path) is None, name
        assert is_pillows(path, RGB), name


@pytest.mark.parametrize("mode", MODES)
def test_of_a_damaged_file_comes_what_pillow_makes_of_it(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "x.png"
    texts = PngImagePlugin.PngInfo()
    noise(mode).save(path, dpi=(72, 72), pnginfo=texts)
    good, rng = path.read_bytes(), np.random.default_rng(0)
    different = 0
    for number in range(300):
        broken = bytearray(good)
        for index in rng.integers(0, len(good), 1 + number % 3):
            broken[index] ^= 1 << int(rng.integers(8))
        path.write_bytes(broken[: len(good) - number % 4 * 5])
        different += isinstance(outcome(path, RGB), str)
        assert is_pillows(path, RGB)
    assert different > 100


def test_few_bytes_that_stand_for_many_pixels_are_not_decoded_here(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    Image.new("L", (2 * MOST_PIXELS // 1024, 1024)).save(path)
    assert path.stat().st_size < 2**16 and plain_picture(path.read_bytes()) is None


def test_a_folder_of_plain_files_is_read_without_opening_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening takes several times as long as decoding a small picture."""
    for number in range(100):
        noise("RGB", number).save(tmp_path / f"{number}.png")
    paths = sorted(map(str, tmp_path.iterdir()))
    wanted = np.stack([np.asarray(Image.open(path)).transpose(2, 0, 1) for path in paths])

    def refused(*arguments: object, **settings: object) -> None:
        raise AssertionError("opened")

    monkeypatch.setattr(Image, "open", refused)
    assert np.array_equal(read_all(paths, RGB), wanted)


def test_lines_that_are_missing_are_those_of_no_other_picture(tmp_path: Path) -> None:
    """Pillow leaves them black."""
    whole, half = tmp_path / "0.png", tmp_path / "1.png"
    noise("RGB").save(whole)
    (header, (_, content), end) = chunks(whole)
    lines = zlib.decompress(content)
    write(half, [header, (b"IDAT", zlib.compress(lines[: (3 * WIDTH + 1) * 4])), end])
    found = read_all([str(whole), str(half), str(whole)], RGB)
    assert is_pillows(half, RGB) and np.array_equal(found[1], outcome(half, RGB))
    assert not found[1, :, 4:].any() and found[1, :, :4].any()


@pytest.mark.parametrize("most", [1, 200, 2**20])
@pytest.mark.parametrize("form", FORMS)
def test_all_are_as_each_is_alone_however_many_are_read_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Any, most: int
) -> None:
    monkeypatch.setattr(pixels, "CHUNK_PIXELS", most)
    for number in range(70):
        noise(MODES[number % 3], number).save(tmp_path / f"{number}.{('png', 'bmp', 'webp')[number % 4 % 3]}")
    paths = sorted(map(str, tmp_path.iterdir()))
    wanted = np.stack([read_pixels(path, Form(form, (5, 8))) for path in paths])
    assert np.array_equal(read_all(paths, Form(form, (5, 8))), wanted)
