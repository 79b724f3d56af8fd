"""Whether of an image file comes what Pillow makes of it, where Pillow doesn't open it."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import numpy as np

from netspec.formats import pixels
from netspec.formats.errors import DataError
from netspec.formats.form import Form
from netspec.formats.images import header_of, opened, orientation, read_header, unwarned


def outcome(path: Path, form: Form) -> np.ndarray | str:
    """The pixels, or why there are none."""
    try:
        return pixels.read_pixels(path, form)
    except DataError as error:
        return error.reason


def is_pillows(path: Path, form: Form) -> bool:
    """Whether pixels are those of the file opened by Pillow, or the reason the same why there are none."""
    with unwarned():
        found = outcome(path, form)
        with mock.patch.object(pixels, "read_plain", lambda path: None):
            wanted = outcome(path, form)
    if isinstance(found, str) or isinstance(wanted, str):
        return found == wanted
    return np.array_equal(found, wanted)


def has_pillows_header(path: Path) -> bool:
    """Whether the header is that of the file opened by Pillow, or the reason the same why there is none."""
    with unwarned():
        try:
            found = read_header(path)
        except DataError as error:
            found = error.reason
        try:
            with opened(path) as image:
                return found == header_of(image, orientation(image))
        except DataError as error:
            return found == error.reason
