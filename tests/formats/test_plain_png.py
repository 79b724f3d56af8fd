"""Small PNG files are read without Pillow's opening them, and what comes out is what Pillow makes of them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from netspec.formats import pixels
from netspec.formats.errors import DataError
from netspec.formats.images import read_plain
from netspec.formats.pixels import Form, read_all, read_pixels
from netspec.formats.png import MOST_PIXELS, SIGNATURE, plain_picture

HEIGHT, WIDTH = 9, 7
MODES = ("L", "RGB", "RGBA")
FORMS = ("gray", "rgb", "rgba")


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


def outcome(path: Path, form: Any) -> np.ndarray | str:
    """The pixels, or why there are none."""
    try:
        return read_pixels(path, Form(form, (HEIGHT, WIDTH)))
    except DataError as error:
        return error.reason


@pytest.fixture
def pillows(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, Any], np.ndarray | str]:
    """What comes out where Pillow opens the file."""

    def opened(path: Path, form: Any) -> np.ndarray | str:
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(pixels, "read_plain", lambda path: None)
            return outcome(path, form)

    return opened


def same(left: np.ndarray | str, right: np.ndarray | str) -> bool:
    return left == right if isinstance(left, str) or isinstance(right, str) else np.array_equal(left, right)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("settings", [{}, {"compress_level": 0}, {"optimize": True}, {"dpi": (72, 72)}], ids=str)
def test_pixels_are_pillows(tmp_path: Path, mode: str, form: Any, settings: dict[str, Any], pillows: Any) -> None:
    path = tmp_path / "x.png"
    noise(mode).save(path, **settings)
    assert read_plain(path) is not None
    assert same(outcome(path, form), pillows(path, form))


def test_pixels_may_be_in_several_chunks(tmp_path: Path, pillows: Any) -> None:
    path = tmp_path / "x.png"
    noise("RGB").save(path)
    (header, (_, content), end) = chunks(path)
    write(path, [header, *((b"IDAT", content[start : start + 50]) for start in range(0, len(content), 50)), end])
    assert read_plain(path) is not None and same(outcome(path, "rgb"), pillows(path, "rgb"))


def test_what_is_not_plain_is_left_to_pillow(tmp_path: Path, pillows: Any) -> None:
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
        assert same(outcome(path, "rgb"), pillows(path, "rgb")), name


@pytest.mark.parametrize("mode", MODES)
def test_of_a_damaged_file_comes_what_pillow_makes_of_it(tmp_path: Path, mode: str, pillows: Any) -> None:
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
        found = outcome(path, "rgb")
        different += isinstance(found, str)
        assert same(found, pillows(path, "rgb"))
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
    assert np.array_equal(read_all(paths, Form("rgb", (HEIGHT, WIDTH))), wanted)
