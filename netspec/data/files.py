"""Files that samples come in one by one: images, and tables with the columns that a network was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from netspec.catalogue._columns import number
from netspec.catalogue._tables import Row, Table
from netspec.catalogue.sources import DataError
from netspec.catalogue.types import DataField
from netspec.wording import listing

IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm")
MODES = {1: "L", 3: "RGB", 4: "RGBA"}
PIXELS = 2**28
"""How many pixels an image may have: more is an attack or a mistake."""


def expand(paths: Sequence[Path]) -> list[Path]:
    """Files, and those of folders, in the order of their names. Raises DataError where there is none."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inner = sorted(item for item in path.rglob("*") if item.suffix.lower() in IMAGES and item.is_file())
            if not inner:
                raise DataError("missing", f"there is no image in `{path}`", path=path)
            found += inner
        else:
            found.append(path)
    return found


def read_image(path: Path, field: DataField, *, resize: bool) -> np.ndarray:
    """An image file as the data set has its images, uint8 [channels, height, width]. Raises DataError."""
    from PIL import Image

    channels, height, width = field.shape.dims
    try:
        with Image.open(path) as image:
            if image.width * image.height > PIXELS:
                raise DataError("malformed", f"`{path}` has {image.width} x {image.height} pixels", path=path)
            if (image.height, image.width) != (height, width) and not resize:
                reason = f"`{path}` is {image.height} x {image.width}, and the network takes {height} x {width}"
                raise DataError("malformed", reason, path=path, help="--resize brings images to that size")
            plain = image.convert(MODES.get(channels, "RGB"))
            if plain.size != (width, height):
                plain = plain.resize((width, height), Image.Resampling.BILINEAR)
            pixels = np.asarray(plain, dtype=np.uint8)
    except FileNotFoundError as error:
        raise DataError("missing", f"there is no file `{path}`", path=path) from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DataError("malformed", f"`{path}` isn't an image that can be read", path=path) from error
    return pixels[None] if pixels.ndim == 2 else np.moveaxis(pixels, 2, 0)


def read_rows(path: Path, field: DataField) -> np.ndarray:
    """The rows of a CSV file with the columns that the network takes, float64 [N, columns]. Raises DataError."""
    table = Table(str(path), path, "file", quotable=True)
    header = table.header().cells
    missing = [name for name in field.columns if name not in header]
    if missing:
        reason = f"`{path}` has no column `{missing[0]}`, which the network takes"
        raise DataError("malformed", reason, path=path, help=f"it has {listing(header)}")
    places = [header.index(name) for name in field.columns]
    rows: list[list[float]] = []
    for row in islice(table.rows(), 1, None):
        if len(row.cells) != len(header):
            raise table.error(f"this row has {len(row.cells)} cells, the first one {len(header)}", row.line)
        rows.append([_number(table, row, place) for place in places])
    if not rows:
        raise DataError("malformed", f"`{path}` has no rows", path=path)
    return np.array(rows, dtype=np.float64)


def _number(table: Table, row: Row, place: int) -> float:
    found = number(row.cells[place])
    if found is None:
        raise table.error(f"`{row.cells[place]}` is no number", row.line, place)
    return found
