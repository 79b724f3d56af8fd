"""How charts look: their colours, which a page may give in its own way, their axes, and figures as PNG and as SVG."""

from __future__ import annotations

import html
import io
import re
import warnings
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import BboxBase

INK, MUTED, LINE = "#1b1f24", "#5c6671", "#e3e6eb"
TRAIN, VALIDATION = "#8c6d1f", "#0072b2"
"""Ochre and blue: told apart by every kind of eye, by their lightness in grey, and by their labels."""
WORST = "#a3410b"
RUNS = ("#0a6fb0", "#b35806", "#00795a", "#a6408a", "#8a6a1c", "#56707f", "#c0392b", "#1b7f9c")
"""The colours of runs beside each other; more of them take turns, with broken lines."""
CELL, ON_CELL = "#17699f", "#ffffff"
COLOURS = {
    INK: "--ink",
    MUTED: "--muted",
    LINE: "--line",
    TRAIN: "--train",
    VALIDATION: "--validation",
    WORST: "--worst-ink",
    **{colour: f"--run-{number}" for number, colour in enumerate(RUNS, start=1)},
}
"""The colours that a page may give in its own light or dark way, and its names for them."""

DOTS = 72
"""Dots per inch at which a point is a pixel, so that sizes are pixels of the SVG."""


def figure_of(title: str, width: float = 390, height: float = 245) -> Figure:
    """An empty figure with its title in the upper left corner; it makes room for what is around its axes."""
    figure = Figure(figsize=(width / DOTS, height / DOTS), dpi=DOTS, layout="constrained")
    figure.suptitle(title, x=0.012, ha="left", color=INK, fontsize=12, fontweight="bold")
    return figure


def style(axes: Axes) -> None:
    axes.set_facecolor("none")
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=LINE, linewidth=0.8)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelsize=10, labelcolor=MUTED, pad=5)


def square(axes: Axes, across: str, up: str) -> None:
    """Two shares from 0 to 1 against each other, with a grid both ways."""
    style(axes)
    axes.grid(axis="x", color=LINE, linewidth=0.8)
    axes.set_aspect("equal")
    axes.set_xlim(-0.015, 1.015)
    axes.set_ylim(-0.015, 1.015)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.set_xticks(ticks, ["0", "0.25", "0.5", "0.75", "1"])
    axes.set_yticks(ticks, ["0", "0.25", "0.5", "0.75", "1"])
    name_axes(axes, across, up)


def name_axes(axes: Axes, across: str, up: str) -> None:
    axes.set_xlabel(across, color=MUTED, fontsize=10, labelpad=4)
    axes.set_ylabel(up, color=MUTED, fontsize=10, labelpad=4)


def png(figure: Figure) -> bytes:
    """The figure on white, fine enough for print."""
    buffer = io.BytesIO()
    with _quiet():
        _make_room(figure)
        figure.savefig(buffer, format="png", dpi=2.5 * DOTS, facecolor="white", bbox_inches=_box(figure, 0.1))
    return buffer.getvalue()


def svg(figure: Figure, title: str) -> str:
    """The figure as an SVG element for an HTML page, without a background, in the page's font and colours.

    Colours are `var(--ink, #…)` and the like: the page's where it names them, those of the PNG elsewhere.
    """
    buffer = io.StringIO()
    settings: Any = {"svg.fonttype": "none", "svg.hashsalt": title, "path.simplify": True}
    metadata: Any = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with mpl.rc_context(settings), _quiet():
        _make_room(figure)
        figure.savefig(buffer, format="svg", transparent=True, bbox_inches=_box(figure, 0.04), metadata=metadata)
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    # the groups' names are the same in every figure, and nothing refers to them; comments repeat the texts
    text = re.sub(r'(?<=<g) id="[^"]*"|<!--.*?-->', "", text, flags=re.DOTALL)
    text = re.sub(r">\s+<", "><", text)
    text = re.sub(r' font-family: [^;"]*;', "", text)
    for colour, name in COLOURS.items():
        text = text.replace(f": {colour}", f": var({name}, {colour})")
    return text.replace("<svg", f'<svg role="img" aria-label="{html.escape(title)}"', 1)


def _make_room(figure: Figure) -> None:
    """Let the figure make room around its axes now, and not again whenever it is saved."""
    if (engine := figure.get_layout_engine()) is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")


def _quiet() -> warnings.catch_warnings[None]:
    """A class's name may have letters that the PNG's font lacks: boxes in the picture, no words on the terminal."""
    return warnings.catch_warnings(action="ignore", category=UserWarning)


def _box(figure: Figure, padding: float) -> BboxBase | None:
    """What of a figure is saved: one with a layout holds all that is drawn; else what is drawn, and some inches around
    it. matplotlib's "tight" finds the same by drawing all of it once more."""
    return None if figure.get_layout_engine() else figure.get_tightbbox().padded(padding)
