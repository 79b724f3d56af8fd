"""Pixels of image files as people see them: upright, on a background, with all their bits."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps, PngImagePlugin, features

from netspec.catalogue.fields.image import Image as ImageField
from netspec.catalogue.sources import DataFolders
from netspec.catalogue.sources.image_folder import ImageFolder
from netspec.formats import pixels as reader
from netspec.formats.errors import DataError
from netspec.formats.form import Form
from netspec.formats.images import Mode, header_of, opened, orientation, read_header, unwarned
from netspec.formats.pixels import read_images, read_pixels
from netspec.formats.png import plain_header
from netspec.program.plan import make_plan
from tests.specs import check

ORIENTATION = 0x0112


def noise(height: int = 4, width: int = 6, channels: int = 3) -> np.ndarray:
    """Blocks of 8 pixels of one color each, so that JPEG keeps them apart."""
    blocks = np.random.default_rng(0).integers(0, 256, (height, width, channels), dtype=np.uint8)
    return blocks.repeat(8, 0).repeat(8, 1)


def pixels(path: Path, mode: Mode = "rgb", **form: Any) -> np.ndarray:
    header = read_header(path)
    return read_pixels(path, Form(mode, (header.height, header.width), header.deep, **form))


def folder(tmp_path: Path, *images: Image.Image) -> DataFolders:
    """The images as PNG files of two classes in turn."""
    for number, image in enumerate(images):
        path = tmp_path / "p" / ("cat", "dog")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path)
    return DataFolders(tmp_path, tmp_path / "data")


# --------------------------------------------------------------------------------------------------------- orientation


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_images_stand_upright(tmp_path: Path, suffix: str, orientation: int) -> None:
    if suffix == "webp" and not features.check("webp"):
        pytest.skip("Pillow has no WebP here")
    path = tmp_path / f"x.{suffix}"
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    Image.fromarray(noise()).save(path, exif=exif, lossless=True)
    with Image.open(path) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    header = read_header(path)
    assert (header.width, header.height) == upright.size
    assert np.array_equal(pixels(path), np.moveaxis(np.asarray(upright), 2, 0))
    (predicted,) = read_images([path], (3, header.height, header.width), resize=False)
    assert np.array_equal(predicted, pixels(path))


def test_an_orientation_behind_the_pixels_of_a_png_counts(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    Image.fromarray(noise()).save(path)
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    content, end = path.read_bytes()[:-12], path.read_bytes()[-12:]
    with path.open("wb") as file:
        file.write(content)
        PngImagePlugin.putchunk(file, b"eXIf", exif.tobytes()[6:])
        file.write(end)
    assert read_header(path)[:2] == (48, 32)
    assert np.array_equal(pixels(path)[0], np.rot90(noise()[..., 0], -1))


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_that_is_none_turns_nothing(tmp_path: Path, value: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = value
    Image.fromarray(noise()).save(tmp_path / "x.jpg", exif=exif)
    assert read_header(tmp_path / "x.jpg")[:2] == (32, 48)


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0nonsense", b"\0" * 40])
def test_damaged_exif_data_turns_nothing(tmp_path: Path, exif: bytes) -> None:
    Image.fromarray(noise()).save(tmp_path / "x.jpg", exif=exif)
    with unwarned():
        assert read_header(tmp_path / "x.jpg")[:2] == (32, 48) and pixels(tmp_path / "x.jpg").shape == (3, 32, 48)


def test_a_photo_stands_upright_before_it_is_resized(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    Image.fromarray(noise()).save(tmp_path / "x.png", exif=exif)
    found = read_pixels(tmp_path / "x.png", Form("rgb", (6, 4)))
    upright = Image.fromarray(np.rot90(noise(), -1).copy()).resize((4, 6), Image.Resampling.BILINEAR)
    assert np.array_equal(found, np.moveaxis(np.asarray(upright), 2, 0))


# -------------------------------------------------------------------------------------------------------- transparency


def drawn(mode: str) -> Image.Image:
    """Black on transparent, the left half."""
    image = Image.new("RGBA", (4, 2), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 2, 2))
    if mode == "P":
        indexed = Image.new("P", (4, 2), 1)
        indexed.putpalette([0] * 768)
        indexed.paste(0, (0, 0, 2, 2))
        indexed.info["transparency"] = 1
        return indexed
    return image.convert(mode)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
@pytest.mark.parametrize("to", ["rgb", "gray"])
def test_transparent_pixels_are_white(tmp_path: Path, mode: str, to: Mode) -> None:
    drawn(mode).save(tmp_path / "x.png")
    assert read_header(tmp_path / "x.png").transparent
    found = pixels(tmp_path / "x.png", to)
    assert found[:, :, :2].max() == 0 and found[:, :, 2:].min() == 255


def test_one_transparent_color_counts(tmp_path: Path) -> None:
    for mode, color, key in (("RGB", (7, 8, 9), (7, 8, 9)), ("L", 7, 7)):
        Image.new(mode, (2, 2), color).save(tmp_path / "x.png", transparency=key)
        assert pixels(tmp_path / "x.png", "gray").tolist() == [[[255, 255], [255, 255]]]


@pytest.mark.parametrize(("background", "color"), [(0.0, (0, 0, 0)), ((1.0, 0.0, 0.2), (255, 0, 51)), (0.2, (51,) * 3)])
def test_the_background_can_be_said(tmp_path: Path, background: Any, color: tuple[int, ...]) -> None:
    Image.new("RGBA", (1, 1), (9, 9, 9, 0)).save(tmp_path / "x.png")
    assert tuple(pixels(tmp_path / "x.png", background=background).ravel().tolist()) == color


def test_half_transparent_pixels_are_mixed(tmp_path: Path) -> None:
    Image.new("RGBA", (1, 1), (0, 100, 200, 128)).save(tmp_path / "x.png")
    assert pixels(tmp_path / "x.png").ravel().tolist() == pytest.approx([127, 177, 227], abs=1)


def test_the_alpha_channel_stays_for_who_wants_it(tmp_path: Path) -> None:
    drawn("RGBA").save(tmp_path / "x.png")
    assert pixels(tmp_path / "x.png", "rgba")[3].tolist() == [[255, 255, 0, 0]] * 2


def test_the_help_for_transparent_images_leads_to_a_plan_that_says_it(tmp_path: Path) -> None:
    folders = folder(tmp_path, drawn("RGB"), drawn("RGBA"), drawn("RGB"), drawn("RGBA"))
    with pytest.raises(DataError) as caught:
        ImageFolder(path="p").describe(folders)
    assert "mode=rgb)` brings all images to one mode, with transparent pixels on white" in (caught.value.help or "")
    spec = 'data {\n  source = image_folder("p", mode=rgb)\n}\nmodel {\n  flatten -> linear(2)\n}\n'
    program = check(spec, folder=folders.spec).require()
    assert make_plan(program).notes == ("transparent pixels are composed on white, in 2 of 4 images",)


def test_one_help_names_all_that_is_needed(tmp_path: Path) -> None:
    images = [Image.new("RGB", (4, 2)), Image.new("L", (5, 5)), Image.new("RGB", (4, 2))]
    folders = folder(tmp_path, *images)
    with pytest.raises(DataError) as caught:
        ImageFolder(path="p").describe(folders)
    assert '`image_folder("p", size=[2, 4], mode=rgb)`' in (caught.value.help or "")
    assert len(caught.value.notes) == 1
    assert ImageFolder(path="p", size=(2, 4), mode="rgb").load(folders).train.inputs[0].shape == (3, 3, 2, 4)


# ------------------------------------------------------------------------------------------------------------- 16 bits


def png16(path: Path, values: np.ndarray, kind: int) -> Path:
    """A PNG file of 16 bits, [height, width, channels], with all five filters of rows in turn."""
    import io
    import struct
    import zlib

    height, width, channels = values.shape
    rows = values.astype(">u2").tobytes()
    stride, step = width * channels * 2, channels * 2
    out = io.BytesIO()
    before = bytes(stride)
    for y in range(height):
        row, filter = rows[y * stride : (y + 1) * stride], y % 5
        left = bytes(step) + row[:-step]
        corner = bytes(step) + before[:-step]
        guess = {
            0: lambda a, b, c: 0,
            1: lambda a, b, c: a,
            2: lambda a, b, c: b,
            3: lambda a, b, c: (a + b) // 2,
            4: lambda a, b, c: min((a, b, c), key=lambda each: abs(a + b - c - each)),
        }[filter]
        encoded = ((x - guess(a, b, c)) % 256 for x, a, b, c in zip(row, left, before, corner, strict=True))
        out.write(bytes([filter, *encoded]))
        before = row
    chunks = {
        b"IHDR": struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0),
        b"IDAT": zlib.compress(out.getvalue()),
        b"IEND": b"",
    }
    with path.open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for name, content in chunks.items():
            PngImagePlugin.putchunk(file, name, content)
    return path


def wide(channels: int) -> np.ndarray:
    return np.random.default_rng(channels).integers(0, 65536, (10, 7, channels), dtype=np.uint16)


@pytest.mark.parametrize(("channels", "kind", "mode"), [(1, 0, "gray"), (3, 2, "rgb"), (4, 6, "rgba")])
def test_sixteen_bits_are_scaled_and_none_is_lost(tmp_path: Path, channels: int, kind: int, mode: Mode) -> None:
    values = wide(channels)
    path = png16(tmp_path / "x.png", values, kind)
    found = pixels(path, mode)
    assert found.dtype == np.float32
    assert np.array_equal((found.astype(np.float64) * 65535).round().astype(np.uint16), np.moveaxis(values, 2, 0))


def test_sixteen_bits_with_transparency_are_composed(tmp_path: Path) -> None:
    values = wide(2)
    gray, alpha = np.moveaxis(values / 65535, 2, 0)
    found = pixels(png16(tmp_path / "x.png", values, 4), "gray")
    assert np.allclose(found[0], gray * alpha + 1 - alpha, atol=1e-6)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
def test_gray_of_sixteen_bits_in_other_formats(tmp_path: Path, order: str, compression: str | None) -> None:
    values = wide(1)[..., 0]
    image = Image.fromarray(values.astype(f"{order}u2"))
    image.save(tmp_path / "x.tif", compression=compression)
    Image.fromarray(values).save(tmp_path / "x.pgm")
    for name in ("x.tif", "x.pgm"):
        assert np.allclose(pixels(tmp_path / name, "gray")[0] * 65535, values, atol=0.01)


def test_sixteen_bits_are_turned_and_resized_as_eight_are(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    eight = noise(8, 8, 1)[..., 0]
    Image.fromarray(eight).save(tmp_path / "8.png", exif=exif)
    Image.fromarray(eight.astype(np.uint16) * 257).save(tmp_path / "16.png", exif=exif)
    eights, sixteens = (read_pixels(tmp_path / name, Form("gray", (20, 24), deep=True)) for name in ("8.png", "16.png"))
    assert np.abs(eights - sixteens).max() < 1.5 / 255


def test_a_folder_may_have_images_of_eight_and_of_sixteen_bits(tmp_path: Path) -> None:
    images = [Image.new("L", (3, 2), 255), Image.fromarray(np.full((2, 3), 65535, np.uint16))]
    folders = folder(tmp_path, *images)
    source = ImageFolder(path="p")
    (inputs,) = source.load(folders).train.inputs
    assert inputs.dtype == np.float32 and inputs.shape == (2, 1, 2, 3) and (inputs == 1).all()
    assert source.describe(folders).notes == ("samples of 16 bits are scaled to 0 to 1, in 1 of 2 images",)
    paths = sorted((tmp_path / "p").rglob("*.png"))
    field = ImageField(sizes=(1, 2, 3))
    read = [values for _, values in field.read_files(paths, resize=False, fills=False)]
    assert all(torch.equal(field.to_tensor(torch.from_numpy(values)), torch.ones(1, 2, 3)) for values in read)


def test_more_than_sixteen_bits_are_refused(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((2, 3), np.float32)).save(tmp_path / "x.tif")
    with pytest.raises(DataError, match="has more than 16 bits"):
        read_header(tmp_path / "x.tif")


# ------------------------------------------------------------------------------------------------------- what is wrong


def test_all_images_that_are_damaged_are_named_at_once(tmp_path: Path) -> None:
    folders = folder(tmp_path, *[Image.fromarray(noise())] * 40)
    for path in sorted((tmp_path / "p").rglob("*.png"))[::10]:
        path.write_bytes(path.read_bytes()[:100])
    source = ImageFolder(path="p")
    assert source.describe(folders).train == 40
    with pytest.raises(DataError) as caught:
        source.load(folders)
    assert "cat/0.png` isn't" in caught.value.reason and len(caught.value.notes) == 3


# --------------------------------------------------------------------------------------------------- small PNG files


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P", "1", "I;16"])
@pytest.mark.parametrize("extra", ["", "transparency", "text", "exif"])
def test_the_header_of_a_small_file_is_pillows(tmp_path: Path, mode: str, extra: str) -> None:
    path = tmp_path / "x.png"
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "x")
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    color = {"L": 1, "RGB": (1, 2, 3), "P": 0, "1": 0}.get(mode)
    settings: dict[str, dict[str, Any]] = {
        "transparency": {} if color is None else {"transparency": color},
        "text": {"pnginfo": texts},
        "exif": {"exif": exif},
    }
    Image.new(mode, (7, 5)).save(path, **settings.get(extra, {}))
    with opened(path) as image:
        assert read_header(path) == header_of(image, orientation(image))


def test_a_damaged_small_file_is_left_to_pillow(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    Image.fromarray(noise(1, 1)).save(path)
    good, rng = path.read_bytes(), np.random.default_rng(0)
    for number in range(600):
        broken = bytearray(good)
        for index in rng.integers(0, 60 if number % 2 else len(good), 1 + number % 3):
            broken[index] = rng.integers(256)
        found = plain_header(bytes(broken[: len(good) - number % 4 * 5]))
        assert found is None or found[:3] == (8, 8, "RGB")


@pytest.mark.parametrize(("side", "threads"), [(16, 1), (96, 2)])
def test_small_files_are_read_by_one_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side: int, threads: int
) -> None:
    paths = [str(tmp_path / f"{number}.png") for number in range(4)]
    for number, path in enumerate(paths):
        noise = np.random.default_rng(number).integers(0, 256, (side, side, 3), dtype=np.uint8)
        Image.fromarray(noise).save(path)
    read, met, here = reader._read, threading.Barrier(threads), set[int]()

    def meet(path: str | Path, form: Form) -> Image.Image | np.ndarray:
        here.add(threading.get_ident())
        met.wait(10)  # nobody goes on before all threads are here
        return read(path, form)

    monkeypatch.setattr(reader, "CHUNK", 1)
    monkeypatch.setattr(reader, "_read", meet)
    reader.read_all(paths, Form("rgb", (side, side)), 2)
    assert len(here) == threads
