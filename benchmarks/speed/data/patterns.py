"""Images of ten classes that a small network can tell apart: stripes under smooth shapes, colours and noise."""

from __future__ import annotations

import numpy as np

WAVES = (4.0, 5.5, 8.0, 11.0, 16.0)
"""How many pixels a pair of stripes has, as the network sees it; each is there upright and lying."""


def striped(classes: np.ndarray, size: int, seen: int, chance: np.random.Generator) -> np.ndarray:
    """An image for each class from 0 to 9, uint8 [N, 3, size, size], which the network sees in the size `seen`.

    A class is told by the width and the direction of its stripes, which neither a crop nor a mirror changes. Their
    place, their strength, their colours and all else are drawn.
    """
    count = len(classes)
    waves = np.array(WAVES)[classes % 5] * size / seen * chance.uniform(0.9, 1.1, count)
    angles = (classes // 5) * np.pi / 2 + chance.normal(0, 0.2, count)
    ways = (2 * np.pi / waves)[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)
    places = np.arange(size)
    phases = chance.uniform(0, 2 * np.pi, count)
    turns = ways[:, :1, None] * places + ways[:, 1:, None] * places[:, None] + phases[:, None, None]
    strengths = chance.uniform(0.02, 0.2, (count, 1, 1, 1)) * chance.uniform(0.3, 1, (count, 3, 1, 1))
    images = 0.5 + chance.normal(0, 0.08, (count, 3, 1, 1)) + strengths * np.sin(turns)[:, None]
    for cells, strength in ((4, 0.12), (8, 0.08), (size // 2, 0.05)):
        images += strength * _smooth(count, cells, size, chance)
    images += chance.normal(0, 0.04, images.shape)
    return (images * 255).clip(0, 255).astype(np.uint8)


def _smooth(count: int, cells: int, size: int, chance: np.random.Generator) -> np.ndarray:
    """Noise that changes slowly: random numbers at the corners of so many cells, and in between what is between."""
    corners = chance.normal(0, 1, (count, 3, cells + 1, cells + 1))
    places = np.linspace(0, cells, size, endpoint=False)
    below = places.astype(int)
    share = places - below
    weights = np.zeros((size, cells + 1))
    weights[np.arange(size), below] = 1 - share
    weights[np.arange(size), below + 1] = share
    return weights @ corners @ weights.T
