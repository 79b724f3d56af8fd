"""Image files: what their headers say, their orientation, and the errors of opening them."""

from __future__ import annotations

import os
import re
import struct
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from netspec.formats import jpeg, png
from netspec.formats.errors import DataError
from netspec.formats.files import shown
from netspec.formats.plain import MOST_BYTES, Header

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm")
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
"""What may be in them, as Pillow calls it. It would take others too, whatever a file is named, and start a program
for PostScript."""
PIXELS = 2**27
"""How many pixels an image may have: more is an attack or a mistake. Pillow's own limit is a little higher."""

Mode = Literal["gray", "rgb", "rgba"]
CHANNELS: dict[Mode, int] = {"gray": 1, "rgb": 3, "rgba": 4}
PILLOW: dict[Mode, str] = {"gray": "L", "rgb": "RGB", "rgba": "RGBA"}
"""How Pillow calls the modes."""

Background = float | tuple[float, ...]
"""A gray or a color from 0 to 1."""
WHITE: Background = 1.0

LATE = (b"eXIf", b"tEXt", b"zTXt", b"iTXt")
"""Chunks of a PNG file that may hold the orientation."""
SIXTEEN = re.compile(r"RGB[AX]?;16[BLN]|LA;16B")
"""The layouts of samples of 16 bits that Pillow reads the upper 8 bits of."""
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error)
"""What Pillow's decoders raise on a damaged file."""


def read_header(path: str | Path) -> Header:
    """Raises DataError where the file is no image, or one that isn't taken."""
    content = _small_content(path)
    found = (jpeg if content.startswith(jpeg.SIGNATURE) else png).plain_header(content)
    if found is not None:
        return found
    with opened(path) as image:
        return header_of(image, orientation(image))


def read_plain(path: str | Path) -> tuple[Header, Image] | None:
    """The header and the pixels of what is a small and plain PNG or JPEG file; None for any other file, which Pillow
    opens."""
    content = _small_content(path)
    return (jpeg if content.startswith(jpeg.SIGNATURE) else png).plain_picture(content)


def _small_content(path: str | Path) -> bytes:
    """The bytes of a small file, the first ones of a larger one; none where it can't be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))  # faster than a file object
    except (OSError, ValueError):
        return b""
    try:
        return os.read(descriptor, MOST_BYTES)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def header_of(image: ImageFile, orientation: int) -> Header:
    """The header of an image with that orientation that was opened and not yet decoded."""
    width, height = image.size if orientation < 5 else image.size[::-1]
    deep = is_deep(image)
    mode = "L" if image.mode.startswith("I") else "LA" if deep and layout_of(image) == "LA;16B" else image.mode
    return Header(height, width, mode, deep, image.has_transparency_data)


def orientation(image: ImageFile) -> int:
    """The EXIF orientation, from 1 to 8: how an image that wasn't decoded yet has to be turned to stand upright.

    Pillow turns TIFF files itself. It decodes a PNG file to look behind its pixels, which is left out where there is
    nothing.
    """
    from PIL.Image import Image

    if image.format == "TIFF":
        return 1
    try:
        if image.format == "PNG" and "exif" not in image.info and _has_late_chunks(image):
            image.load()
        found = Image.getexif(image).get(0x0112, 1)
    except BROKEN:  # viewers show a picture whose EXIF data is damaged as it is
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _has_late_chunks(image: ImageFile) -> bool:
    """Whether a PNG file has chunks behind its pixels that may hold the orientation; reads the heads of chunks only."""
    file = image.fp
    assert file is not None
    before = file.tell()
    try:
        file.seek(8)
        pixels = False
        while len(head := file.read(8)) == 8:
            length, name = struct.unpack(">I4s", head)
            if pixels and name in LATE:
                return True
            pixels = pixels or name == b"IDAT"
            file.seek(length + 4, 1)
        return False
    finally:
        file.seek(before)


def is_deep(image: ImageFile) -> bool:
    """Whether the samples of an image that wasn't decoded yet have 16 bits."""
    return image.mode.startswith("I") or SIXTEEN.fullmatch(layout_of(image)) is not None


def layout_of(image: ImageFile) -> str:
    """How the samples lie in the file, as Pillow calls it; "" if they don't lie in one way."""
    layouts = {tile.args if isinstance(tile.args, str) else (tile.args or ("",))[0] for tile in image.tile}
    found = layouts.pop() if len(layouts) == 1 else ""
    return found if isinstance(found, str) else ""


@contextmanager
def unwarned() -> Generator[None]:
    """What Pillow warns of is refused here, or doesn't matter.

    It goes around all images that are read: the filters of warnings belong to the process, and threads that each put
    them back would put back one another's.
    """
    with warnings.catch_warnings(action="ignore"):
        yield


@contextmanager
def opened(path: str | Path) -> Generator[ImageFile]:
    """The image in a file; what goes wrong with it, here or where it is used, is a DataError."""
    from PIL import Image

    try:
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > PIXELS:
                raise Image.DecompressionBombError
            if image.mode == "F" or (image.mode == "I" and image.format != "PPM"):
                raise _refused(path, "has more than 16 bits per pixel and channel", help="convert it to 8 or 16 bits")
            yield image
    except FileNotFoundError as error:
        raise DataError("missing", f"there is no file `{shown(Path(path))}`", path=Path(path)) from error
    except Image.DecompressionBombError as error:
        raise _refused(path, f"has more than {PIXELS:_} pixels") from error
    except PermissionError as error:
        raise DataError("missing", f"`{shown(Path(path))}` can't be read: {error.strerror}", path=Path(path)) from error
    except BROKEN as error:
        raise _refused(path, "isn't an image that can be read", help="replace the file, or remove it") from error


def _refused(path: str | Path, reason: str, help: str | None = None) -> DataError:
    return DataError("malformed", f"`{shown(Path(path))}` {reason}", path=Path(path), help=help)
