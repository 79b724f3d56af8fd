"""Image files: their sizes and modes from their headers, and their pixels."""

from __future__ import annotations

import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from netspec.formats.errors import DataError
from netspec.memory import allocate, processors

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

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


class Header(NamedTuple):
    """What an image says of itself: its height, its width and its mode as Pillow calls it."""

    height: int
    width: int
    mode: str


def read_header(path: Path) -> Header:
    """Raises DataError where the file is no image, or one that isn't taken."""
    with _opened(path) as image:
        return Header(image.height, image.width, image.mode)


def read_pixels(path: Path, mode: Mode, size: tuple[int, int]) -> np.ndarray:
    """The pixels of an image, brought to a mode and a size, uint8 [channels, height, width]. Raises DataError.

    Shrinking is antialiased: it is that of torchvision's `resize` on images of Pillow.
    """
    import numpy as np
    from PIL.Image import Resampling

    height, width = size
    with _opened(path) as image:
        plain = image.convert(PILLOW[mode])
        if plain.size != (width, height):
            plain = plain.resize((width, height), Resampling.BILINEAR)
        pixels = np.asarray(plain, dtype=np.uint8)
    return pixels[None] if pixels.ndim == 2 else np.ascontiguousarray(np.moveaxis(pixels, 2, 0))


def read_sized(path: Path, channels: int, height: int, width: int, *, resize: bool) -> np.ndarray:
    """An image as a network takes it, uint8 [channels, height, width]. Raises DataError if its size is another one,
    unless `resize` brings it to that."""
    modes: dict[int, Mode] = {count: mode for mode, count in CHANNELS.items()}
    with unwarned():
        header = read_header(path)
        if (header.height, header.width) != (height, width) and not resize:
            reason = f"`{path}` is {header.height} x {header.width}, and the network takes {height} x {width}"
            raise DataError("malformed", reason, path=path, help="--resize brings images to that size")
        return read_pixels(path, modes.get(channels, "rgb"), (height, width))


def read_all(paths: Sequence[Path], mode: Mode, size: tuple[int, int], workers: int | None = None) -> np.ndarray:
    """The pixels of images, uint8 [N, channels, height, width], read by threads: by default one for each processor.

    Raises DataError for the first image that can't be read.
    """
    from concurrent.futures import ThreadPoolExecutor

    import numpy as np

    images = allocate((len(paths), CHANNELS[mode], *size), np.uint8)

    def read(place: int) -> None:
        images[place] = read_pixels(paths[place], mode, size)

    with unwarned():
        pool = ThreadPoolExecutor(processors() if workers is None else max(workers, 1))
        try:
            for _ in pool.map(read, range(len(paths))):
                pass
        finally:
            # what isn't begun by now is of no use, be it for an error or for Ctrl-C
            pool.shutdown(cancel_futures=True)
    return images


@contextmanager
def unwarned() -> Generator[None]:
    """What Pillow warns of is refused here, or doesn't matter.

    It goes around all images that are read: the filters of warnings belong to the process, and threads that each put
    them back would put back one another's.
    """
    with warnings.catch_warnings(action="ignore"):
        yield


@contextmanager
def _opened(path: Path) -> Generator[Image]:
    """The image in a file; what goes wrong with it, here or where it is used, is a DataError."""
    from PIL import Image

    try:
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > PIXELS:
                raise Image.DecompressionBombError
            if image.mode.startswith(("I", "F")):
                reason = f"`{path}` has more than 8 bits for each pixel and channel"
                raise DataError("malformed", reason, path=path, help="convert it to 8 bits")
            yield image
    except FileNotFoundError as error:
        raise DataError("missing", f"there is no file `{path}`", path=path) from error
    except Image.DecompressionBombError as error:
        raise DataError("malformed", f"`{path}` has more than {PIXELS:_} pixels", path=path) from error
    except PermissionError as error:
        raise DataError("missing", f"`{path}` can't be read: {error.strerror}", path=path) from error
    # what Pillow's decoders raise on a damaged file
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError) as error:
        raise DataError("malformed", f"`{path}` isn't an image that can be read", path=path) from error
