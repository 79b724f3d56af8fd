"""Pixels of images with 16 bits per channel, of which Pillow gives the upper 8."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.formats.form import Form, upright
from netspec.formats.images import layout_of, opened

if TYPE_CHECKING:
    import numpy as np
    from PIL.ImageFile import ImageFile

LUMA = (0.299, 0.587, 0.114)
"""The shares of red, green and blue in gray, as Pillow has them."""


def deep_pixels(path: str | Path, image: ImageFile, form: Form, turn: int) -> np.ndarray:
    """The pixels of an image of 16 bits that was opened, [channels, height, width], float32 from 0 to 1."""
    import numpy as np
    from PIL import Image

    samples = _samples(path, image)
    planes = _in_mode(samples, form)
    height, width = form.size
    found: list[np.ndarray] = []
    for plane in planes:
        one = upright(Image.fromarray(plane), turn)
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
    color = np.array(form.color, np.float32)[:, None, None]
    gray = np.array(LUMA, np.float32)
    if form.mode == "gray":
        colors = np.tensordot(gray, colors, 1)[None] if len(colors) == 3 else colors
        color = np.tensordot(gray, color, 1)[None]
    return (colors * alpha + color * (1 - alpha)).astype(np.float32)
