"""Samples as one picture: a row for each, as it is and as the network sees it from epoch to epoch."""

from __future__ import annotations

import netspec.report.backend  # noqa: F401  # pyright: ignore[reportUnusedImport] - before matplotlib

# isort: split
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from netspec.data.preview import Preview
from netspec.render.words import shorten
from netspec.report.charts.style import DOTS, INK, LINE, MUTED

SIDE, GAP, HEAD, NAMES = 96, 8, 26, 110
"""The sizes of an image, between images, of the line above and of the column with the names, in pixels."""


def grid(inputs: Sequence[Preview]) -> Figure:
    """All images of some samples; of samples with several, one row below the other."""
    rows = [(one, number) for number in range(len(inputs[0].names)) for one in inputs]
    epochs = len(inputs[0].undone)
    titles = ["as it is", *(f"epoch {number + 1}" if epochs > 1 else "every epoch" for number in range(epochs))]
    width, height = NAMES + len(titles) * (SIDE + GAP) + GAP, HEAD + len(rows) * (SIDE + GAP)
    figure = Figure(figsize=(width / DOTS, height / DOTS), dpi=DOTS)
    for column, title in enumerate(titles):
        x = NAMES + column * (SIDE + GAP) + SIDE / 2
        figure.text(x / width, 1 - 8 / height, title, color=MUTED, fontsize=10, ha="center", va="top")
    for row, (one, number) in enumerate(rows):
        bottom = height - HEAD - (row + 1) * (SIDE + GAP) + GAP
        name = shorten(one.names[number], 16)
        label = f"{name}\n{shorten(one.field.name, 16)}" if len(inputs) > 1 else name
        middle = (bottom + SIDE / 2) / height
        figure.text(
            (NAMES - 10) / width, middle, label, color=INK, fontsize=11, ha="right", va="center", parse_math=False
        )
        for column, images in enumerate((one.before, *one.undone)):
            left = NAMES + column * (SIDE + GAP)
            axes = figure.add_axes((left / width, bottom / height, SIDE / width, SIDE / height))
            axes.imshow(pixels(images[number]), interpolation="nearest", vmin=0, vmax=1, cmap="gray")
            axes.set_xticks([])
            axes.set_yticks([])
            axes.spines[:].set_color(LINE)
    return figure


def pixels(image: Tensor) -> np.ndarray:
    """An image [C, H, W] as something to look at: grey or coloured, other numbers of channels by their mean."""
    values = image.float().clamp(0, 1).nan_to_num()
    shown = values.permute(1, 2, 0) if len(values) == 3 else values.mean(0)
    return np.asarray(shown.numpy())
