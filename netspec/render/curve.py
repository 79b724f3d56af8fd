"""A curve in the terminal: dots of braille from left to right, between a smallest and a largest value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from netspec.catalogue.values import Quantity, number_text

ROWS, WIDTH = 5, 60
"""The size of a curve in characters."""
COLUMNS = 2 * WIDTH
"""How many values are told apart: a character has two columns of dots."""
DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""The bits of a braille character, column by column from the top down."""
BLANK = 0x2800
"""The braille character without dots."""


def draw(ranges: Sequence[tuple[float, float]], epochs: int) -> list[str]:
    """The lines of a curve that is between a lowest and a highest value in each of `COLUMNS` parts of the time."""
    return draw_over(ranges, _epochs(epochs))


def draw_over(ranges: Sequence[tuple[float, float]], axis: str, bottom: float = 0.0) -> list[str]:
    """The same over an axis that is labelled otherwise, `axis`, and from another value on than 0."""
    top = max(high for _, high in ranges)
    labels = [number_text(float(f"{top:.3g}")), *[""] * (ROWS - 2), number_text(float(f"{bottom:.3g}"))]
    width = max(map(len, labels))
    rows = [
        f"{label:>{width}} {'┤' if label else '│'}{row}".rstrip()
        for label, row in zip(labels, _braille(_dots(ranges, bottom, (top - bottom) or 1.0)), strict=True)
    ]
    return [*rows, f"{'':>{width}} └{'─' * WIDTH}", f"{'':>{width}}  {axis}"]


def _dots(ranges: Sequence[tuple[float, float]], bottom: float, room: float) -> Iterator[range]:
    """The dots of each column, counted from the top down. They go on from those of the column before."""
    last = 4 * ROWS - 1
    heights = [((low - bottom) / room, (high - bottom) / room) for low, high in ranges]
    places = [(round(last * (1 - high)), round(last * (1 - low))) for low, high in heights]
    for (before_upper, before_lower), (upper, lower) in pairwise([places[0], *places]):
        yield range(min(upper, before_lower), max(lower, before_upper) + 1)


def _braille(dots: Iterator[range]) -> list[str]:
    cells = [[BLANK] * WIDTH for _ in range(ROWS)]
    for column, lit in enumerate(dots):
        for dot in lit:
            cells[dot // 4][column // 2] |= DOTS[column % 2][dot % 4]
    return ["".join(map(chr, row)).rstrip(chr(BLANK)) for row in cells]


def _epochs(epochs: int) -> str:
    """The labels of the time: its beginning, its end, and the middle where that is a whole epoch."""
    end = str(Quantity(epochs, "epochs"))
    middle = "" if epochs % 2 else str(epochs // 2)
    half = WIDTH // 2
    return f"0{middle:>{half - 1 + len(middle) // 2}}{end:>{WIDTH - half - len(middle) // 2}}"
