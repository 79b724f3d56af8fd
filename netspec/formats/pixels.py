"""Pixels of image files: upright, on a background, in one mode and one size."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.formats.errors import DataError, combined
from netspec.formats.files import shown, why_no_file
from netspec.formats.images import (
    CHANNELS,
    PILLOW,
    WHITE,
    Background,
    Header,
    Mode,
    header_of,
    layout_of,
    opened,
    orientation,
    read_header,
    read_plain,
    unwarned,
)
from netspec.memory import allocate, processors

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image, Transpose
    from PIL.ImageFile import ImageFile

CHUNK = 64
"""How many images a thread reads at a time."""
SMALL = 2**12
"""Files of fewer bytes are read by one thread. Most of that is Python's own work, which threads can't share: two of
them take up to twice as long."""
LOOKED_AT = 9
"""The number of files whose sizes decide that."""
MOST_BAD = 20
"""The number of unreadable files after which no more images are read."""
LUMA = (0.299, 0.587, 0.114)
"""The shares of red, green and blue in gray, as Pillow has them."""


@dataclass(frozen=True, slots=True)
class Form:
    """What images are brought to: a mode, a size (height, width), numbers, and a color behind transparent pixels.

    Pixels are uint8; where any image is `deep` (16 bits), float32 from 0 to 1. Unless `resize` and `convert`, an image
    of another size or mode is an error.
    """

    mode: Mode
    size: tuple[int, int]
    deep: bool = False
    background: Background = WHITE
    resize: bool = True
    convert: bool = True

    def fits(self, header: Header) -> bool:
        """Whether an image with that header may be brought to the form."""
        sized = self.resize or (header.height, header.width) == self.size
        return sized and (self.convert or header.mode == PILLOW[self.mode]) and (self.deep or not header.deep)


class HeaderChangedError(DataError):
    """An image isn't of the form that its header had when it was looked at before."""


def read_pixels(path: str | Path, form: Form) -> np.ndarray:
    """The pixels of an image, [channels, height, width]. Raises DataError.

    Shrinking is antialiased: it is that of torchvision's `resize` on images of Pillow.
    """
    import numpy as np

    plain = read_plain(path)
    if plain is not None:
        header, image = plain
        _ensure_fits(path, header, form)
        pixels = _plain_pixels(image, header, form, 1)
    else:
        with opened(path) as image:
            turn = orientation(image)
            header = header_of(image, turn)
            _ensure_fits(path, header, form)
            if header.deep:
                return _deep_pixels(path, image, form, turn)
            pixels = _plain_pixels(image, header, form, turn)
    return np.divide(pixels, 255, dtype=np.float32) if form.deep else pixels


def _ensure_fits(path: str | Path, header: Header, form: Form) -> None:
    if not form.fits(header):
        reason = f"`{shown(Path(path))}` has changed since its header was read"
        raise HeaderChangedError("malformed", reason, path=Path(path))


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

    def read(start: int) -> list[DataError]:
        errors: list[DataError] = []
        for index in range(start, min(start + CHUNK, len(paths))):
            try:
                images[index] = read_pixels(paths[index], form)
            except DataError as error:
                errors.append(error)
        return errors

    errors: list[DataError] = []
    with unwarned():
        threads = processors() if workers is None else max(workers, 1)
        pool = ThreadPoolExecutor(1 if _are_small(paths) else threads)
        try:
            for found in pool.map(read, range(0, len(paths), CHUNK)):
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


# ---- 8 bits ----


def _plain_pixels(image: Image, header: Header, form: Form, turn: int) -> np.ndarray:
    import numpy as np
    from PIL.Image import Resampling

    plain = image if turn == 1 else image.transpose(_method(turn))
    if header.transparent and form.mode != "rgba":
        plain = _on_background(plain, form.background)
    if plain.mode != PILLOW[form.mode]:
        plain = plain.convert(PILLOW[form.mode])
    height, width = form.size
    if plain.size != (width, height):
        plain = plain.resize((width, height), Resampling.BILINEAR)
    pixels = np.asarray(plain, dtype=np.uint8)
    return pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)


def _on_background(image: Image, background: Background) -> Image:
    from PIL import Image

    below = Image.new("RGBA", image.size, (*(round(255 * number) for number in _color(background)), 255))
    below.alpha_composite(image.convert("RGBA"))
    return below.convert("RGB")


def _color(background: Background) -> tuple[float, ...]:
    numbers = background if isinstance(background, tuple) else (background,)
    return numbers * 3 if len(numbers) == 1 else numbers


# ---- 16 bits ----


def _deep_pixels(path: str | Path, image: ImageFile, form: Form, turn: int) -> np.ndarray:
    """The same with all 16 bits, float32 from 0 to 1."""
    import numpy as np
    from PIL import Image

    samples = _samples(path, image)
    planes = _in_mode(samples, form)
    height, width = form.size
    found: list[np.ndarray] = []
    for plane in planes:
        one = Image.fromarray(plane)
        one = one if turn == 1 else one.transpose(_method(turn))
        if one.size != (width, height):
            one = one.resize((width, height), Image.Resampling.BILINEAR)
        found.append(np.asarray(one))
    return np.stack(found)


def _samples(path: str | Path, image: ImageFile) -> np.ndarray:
    """The samples of an image of 16 bits, [channels, height, width], float32 from 0 to 1, transparency last.

    Pillow gives the upper bytes alone of what has several channels. Told that bytes come in the other order, it gives
    the lower ones.
    """
    import numpy as np

    if image.mode.startswith("I"):
        values = np.asarray(image).astype(np.float64)[None]
    elif layout_of(image) == "LA;16B":
        _set_layout(image, "RGBA")
        values = np.asarray(image).astype(np.float64)
        values = np.stack([values[..., 0] * 256 + values[..., 1], values[..., 2] * 256 + values[..., 3]])
    else:
        with opened(path) as again:
            layout = layout_of(again)
            _set_layout(again, f"{layout[:-1]}{_OTHER_ORDER[layout[-1]]}")
            low = np.asarray(again)
        values = np.moveaxis(np.asarray(image).astype(np.float64) * 256 + low, 2, 0)
    values = _with_transparent_color(values, image.info.get("transparency"))
    return (values / 65535).clip(0, 1).astype(np.float32)


_OTHER_ORDER = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}


def _set_layout(image: ImageFile, layout: str) -> None:
    """Let Pillow take the samples of a file for others of as many bytes."""
    image.tile = [
        tile._replace(args=layout if isinstance(tile.args, str) else (layout, *(tile.args or ())[1:]))
        for tile in image.tile
    ]


def _with_transparent_color(values: np.ndarray, color: object) -> np.ndarray:
    """Samples with the transparency of the one color that a PNG file without an alpha channel may name."""
    import numpy as np

    numbers = color if isinstance(color, tuple) else (color,)
    if len(values) not in (1, 3) or len(numbers) != len(values) or not all(isinstance(n, int) for n in numbers):
        return values
    solid = (values != np.array(numbers, np.float64)[:, None, None]).any(0)
    return np.concatenate([values, solid[None] * 65535.0])


def _in_mode(samples: np.ndarray, form: Form) -> np.ndarray:
    """Samples [1 to 4, height, width] as those of the form's mode."""
    import numpy as np

    alpha = samples[-1:] if len(samples) in (2, 4) else np.ones_like(samples[:1])
    colors = samples[: len(samples) - (len(samples) in (2, 4))]
    if len(colors) == 1 and form.mode != "gray":
        colors = np.repeat(colors, 3, axis=0)
    if form.mode == "rgba":
        return np.concatenate([colors, alpha])
    color = np.array(_color(form.background), np.float32)[:, None, None]
    gray = np.array(LUMA, np.float32)
    if form.mode == "gray":
        colors = np.tensordot(gray, colors, 1)[None] if len(colors) == 3 else colors
        color = np.tensordot(gray, color, 1)[None]
    return (colors * alpha + color * (1 - alpha)).astype(np.float32)


# ---- orientation ----


def _method(orientation: int) -> Transpose:
    """What brings an image with an EXIF orientation above 1 upright."""
    from PIL.Image import Transpose

    return (
        Transpose.FLIP_LEFT_RIGHT,
        Transpose.ROTATE_180,
        Transpose.FLIP_TOP_BOTTOM,
        Transpose.TRANSPOSE,
        Transpose.ROTATE_270,
        Transpose.TRANSVERSE,
        Transpose.ROTATE_90,
    )[orientation - 2]
