"""Feature maps as a picture: the channels of values side by side, each row an operation."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np

MOST = 8
"""Number of channels shown per value."""
SMALLEST = 64
"""Pixels of the longer side of a channel at least: smaller ones are magnified by a whole factor."""
GAP = 4


def feature_maps(values: Sequence[np.ndarray]) -> bytes:
    """A PNG with a row for each value [channels, height, width]; every channel is scaled to its own range."""
    from PIL import Image

    rows = [[_gray(channel) for channel in value[:MOST]] for value in values]
    width = max(sum(tile.shape[1] + GAP for tile in row) for row in rows) + GAP
    height = sum(max(tile.shape[0] for tile in row) + GAP for row in rows) + GAP
    page = np.full((height, width), 255, np.uint8)
    top = GAP
    for row in rows:
        left = GAP
        for tile in row:
            page[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
            left += tile.shape[1] + GAP
        top += max(tile.shape[0] for tile in row) + GAP
    buffer = io.BytesIO()
    Image.fromarray(page).save(buffer, "PNG")
    return buffer.getvalue()


def _gray(channel: np.ndarray) -> np.ndarray:
    """A channel [height, width] as pixels, black its least value and white its greatest."""
    low, high = float(channel.min()), float(channel.max())
    scaled = (channel - low) / (high - low) if high > low else np.full_like(channel, 0.5)
    factor = max(1, SMALLEST // max(channel.shape))
    return (255 * scaled).astype(np.uint8).repeat(factor, 0).repeat(factor, 1)
