"""Pixels of image files: upright, on a background, in one mode and one size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.formats.deep_pixels import deep_pixels
from netspec.formats.errors import DataError, combined
from netspec.formats.files import shown, why_no_file
from netspec.formats.form import Form, upright
from netspec.formats.images import (
    CHANNELS,
    PILLOW,
    WHITE,
    Background,
    Header,
    Mode,
    header_of,
    opened,
    orientation,
    read_header,
    read_plain,
    unwarned,
)
from netspec.memory import allocate, processors

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

CHUNK = 64
"""How many images a thread reads at a time, at most."""
CHUNK_PIXELS = 2**20
"""How many pixels these have in all, unless one has more."""
SMALL = 2**12
"""Files of fewer bytes are read by one thread. Most of that is Python's own work, which threads can't share: two of
them take up to twice as long."""
LOOKED_AT = 9
"""The number of files whose sizes decide that."""
MOST_BAD = 20
"""The number of unreadable files after which no more images are read."""


class HeaderChangedError(DataError):
    """An image isn't of the form that its header had when it was looked at before."""


def read_pixels(path: str | Path, form: Form) -> np.ndarray:
    """The pixels of an image, [channels, height, width]. Raises DataError.

    Shrinking is antialiased: it is that of torchvision's `resize` on images of Pillow.
    """
    return _pixels([_read(path, form)], form)[0]


def read_images(
    paths: Sequence[Path], sizes: tuple[int, int, int], *, resize: bool, background: Background = WHITE
) -> list[np.ndarray]:
    """Images as a network takes them, each [channels, height, width], uint8 or all float32 from 0 to 1.

    Raises DataError for those that can't be read, and for those of another size unless `resize` allows it.
    """
    import numpy as np

    images: list[np.ndarray] = []
    errors: list[DataError] = []
    with unwarned():
        for path in paths:
            try:
                images.append(_read_sized(path, sizes, resize, background))
            except DataError as error:
                errors.append(error)
                if len(errors) == MOST_BAD:
                    break
    if errors:
        raise combined(errors)
    if all(image.dtype == np.uint8 for image in images):
        return images
    return [np.divide(image, 255, dtype=np.float32) if image.dtype == np.uint8 else image for image in images]


def _read_sized(path: Path, sizes: tuple[int, int, int], resize: bool, background: Background) -> np.ndarray:
    channels, height, width = sizes
    modes: dict[int, Mode] = {count: mode for mode, count in CHANNELS.items()}
    if reason := why_no_file(shown(path), path):
        raise DataError("missing", reason, path=path)
    header = read_header(path)
    if (header.height, header.width) != (height, width) and not resize:
        reason = f"`{shown(path)}` is {header.height} x {header.width}, and the network takes {height} x {width}"
        raise DataError("malformed", reason, path=path, help="--resize brings images to that size")
    return read_pixels(path, Form(modes.get(channels, "rgb"), (height, width), header.deep, background))


def read_all(paths: Sequence[str], form: Form, workers: int | None = None) -> np.ndarray:
    """The pixels of images, [N, channels, height, width], read by threads: one for each processor unless `workers` says
    how many, and one alone if the files are small.

    Raises DataError for the images that can't be read.
    """
    from concurrent.futures import ThreadPoolExecutor

    import numpy as np

    images = allocate((len(paths), CHANNELS[form.mode], *form.size), np.float32 if form.deep else np.uint8)
    chunk = min(max(CHUNK_PIXELS // (form.size[0] * form.size[1]), 1), CHUNK)

    def read(start: int) -> list[DataError]:
        found: list[Image | np.ndarray] = []
        errors: list[DataError] = []
        for path in paths[start : start + chunk]:
            try:
                found.append(_read(path, form))
            except DataError as error:
                errors.append(error)
        if not errors:
            images[start : start + chunk] = _pixels(found, form)
        return errors

    errors: list[DataError] = []
    with unwarned():
        threads = processors() if workers is None else max(workers, 1)
        pool = ThreadPoolExecutor(1 if _are_small(paths) else threads)
        try:
            for found in pool.map(read, range(0, len(paths), chunk)):
                errors += found
                if len(errors) >= MOST_BAD:
                    break
        finally:
            # what isn't begun by now is of no use, be it for an error or for Ctrl-C
            pool.shutdown(cancel_futures=True)
    if errors:
        raise next((error for error in errors if isinstance(error, HeaderChangedError)), None) or combined(errors)
    return images


def _are_small(paths: Sequence[str]) -> bool:
    """Whether most of some files are small."""
    try:
        sizes = sorted(Path(path).stat().st_size for path in paths[:: max(len(paths) // LOOKED_AT, 1)])
    except OSError:  # reading it says what is wrong with it
        return False
    return bool(sizes) and sizes[len(sizes) // 2] < SMALL


def _read(path: str | Path, form: Form) -> Image | np.ndarray:
    """An image in the form; of one with 16 bits the pixels, [channels, height, width]. Raises DataError."""
    plain = read_plain(path)
    if plain is not None:
        header, image = plain
        _ensure_fits(path, header, form)
        return _formed(image, header, form)
    with opened(path) as image:
        turn = orientation(image)
        header = header_of(image, turn)
        _ensure_fits(path, header, form)
        if header.deep:
            return deep_pixels(path, image, form, turn)
        image.load()
        return _formed(upright(image, turn), header, form)


def _ensure_fits(path: str | Path, header: Header, form: Form) -> None:
    if not form.fits(header):
        reason = f"`{shown(Path(path))}` has changed since its header was read"
        raise HeaderChangedError("malformed", reason, path=Path(path))


def _formed(image: Image, header: Header, form: Form) -> Image:
    """An upright image of 8 bits in the form."""
    if header.transparent and form.mode != "rgba":
        image = _on_background(image, form)
    if image.mode != PILLOW[form.mode]:
        image = image.convert(PILLOW[form.mode])
    height, width = form.size
    if image.size != (width, height):
        from PIL.Image import Resampling

        image = image.resize((width, height), Resampling.BILINEAR)
    return image


def _on_background(image: Image, form: Form) -> Image:
    from PIL import Image

    below = Image.new("RGBA", image.size, (*(round(255 * number) for number in form.color), 255))
    below.alpha_composite(image.convert("RGBA"))
    return below.convert("RGB")


def _pixels(found: Sequence[Image | np.ndarray], form: Form) -> np.ndarray:
    """The pixels of what was read, [N, channels, height, width]."""
    import numpy as np

    if not form.deep:
        return _taken_out([image for image in found if not isinstance(image, np.ndarray)])
    return np.stack(
        [
            each if isinstance(each, np.ndarray) else np.divide(_taken_out([each])[0], 255, dtype=np.float32)
            for each in found
        ]
    )


def _taken_out(images: Sequence[Image]) -> np.ndarray:
    """The pixels of images of one mode and size, [N, channels, height, width], uint8.

    They leave Pillow together, one below another: for one alone that takes as long as to decode a small one.
    """
    import numpy as np
    from PIL.Image import new

    strip = images[0]
    width, height = strip.size
    if len(images) > 1:
        strip = new(strip.mode, (width, height * len(images)))
        for place, image in enumerate(images):
            strip.paste(image, (0, place * height))
    found = np.asarray(strip, dtype=np.uint8).reshape(len(images), height, width, -1)
    return found.transpose(0, 3, 1, 2)
