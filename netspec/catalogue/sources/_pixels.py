"""Arrays as images: which of their dimensions are the channels, and which of their values are black and white."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, Literal

from netspec.catalogue.fields import ensure_finite
from netspec.catalogue.values import number_text
from netspec.shapes import MisfitError

if TYPE_CHECKING:
    import numpy as np

Layout = Literal["hw", "chw", "hwc", "sequence"]

CHANNELS = (1, 3, 4)
"""Numbers of channels by which they are told from height and width."""
USUAL = ((0, 1), (-1, 1), (0, 255), (0, 65_535))
"""The values of black and white that images have mostly, the narrowest range first."""
DARK = 16
"""The largest pixel of uint8 images that are all nearly black: rather they are masks, or have few levels of gray."""
TOLERANCE = 1e-4
"""How much of its range a value may be outside of it, as rounding makes it."""


def channels_last(sizes: tuple[int, ...]) -> bool:
    """Whether three sizes are height, width and channels."""
    if sizes[0] in CHANNELS:
        return False
    return sizes[2] in CHANNELS or (sizes[0] == sizes[1] != sizes[2])


def as_channels_first(sizes: tuple[int, ...], layout: Layout) -> tuple[int, int, int]:
    """The sizes of an image [channels, height, width] from those of a sample."""
    if layout == "hwc":
        height, width, channels = sizes
        return channels, height, width
    channels, height, width = (1, *sizes) if layout == "hw" else sizes
    return channels, height, width


def channels_first(values: np.ndarray, layout: Layout) -> np.ndarray:
    """Samples [N, …] of a layout of images as [N, channels, height, width]."""
    import numpy as np

    if layout == "hw":
        return values[:, None]
    return np.moveaxis(values, 3, 1) if layout == "hwc" else values


def to_pixels(values: np.ndarray, range: tuple[float, float] | None) -> np.ndarray:
    """Images as numbers from 0 to 1, float32, or as they are if they are uint8 from 0 to 255. Raises MisfitError for
    values outside of their range; its reason goes on after "the array has"."""
    import numpy as np

    ensure_finite(values)
    whole = values.dtype == np.uint8
    low, high = range or ((0, 255) if whole else (0, 1))
    smallest, largest = values.min().item(), values.max().item()
    slack = TOLERANCE * (high - low)
    if range is None and whole and 0 < largest <= DARK:
        help = f"use `range={_written(0, largest)}`, or `range=[0, 255]` if they are that dark"
        raise MisfitError(f"values from 0 to {largest}, but images of uint8 are 0 to 255", help=help)
    if smallest < low - slack or largest > high + slack:
        found = f"values from {smallest:.4g} to {largest:.4g}"
        wanted = f"`range={_written(low, high)}`" if range else f"images of {values.dtype} are {low} to {high}"
        raise MisfitError(f"{found}, but {wanted}", help=f"use `range={_fitting(smallest, largest)}`")
    if whole and (low, high) == (0, 255):
        return values
    found = (values.astype(np.float64) - low) / (high - low) if (low, high) != (0, 1) else values
    return found.astype(np.float32)


def _fitting(smallest: float, largest: float) -> str:
    """The range that such values have: a usual one that they nearly fill, or else from the smallest to the largest."""
    for low, high in USUAL:
        if low <= smallest and largest <= high and largest > high / 2:
            return _written(low, high)
    return _written(floor(smallest * 1000) / 1000, ceil(largest * 1000) / 1000)


def _written(low: float, high: float) -> str:
    return f"[{number_text(low)}, {number_text(high)}]"
