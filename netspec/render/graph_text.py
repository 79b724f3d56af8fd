"""A network drawn in the terminal: a line for each operation, and beside it the values on their way as rails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.text import Text

from netspec.render.excerpt import columns
from netspec.render.graph_boxes import Box, Boxes, TooLarge

WIDEST = 200
"""How many rails there are at most."""

MARKS = {"input": "○", "operation": "●", "output": "◎"}
MIRRORED = {"╮": "╭", "┤": "├", "╯": "╰"}

Row = tuple[str, Box | None]
"""The rails of a line, and the box that stands in it."""


class _Rails:
    """The values that are still to be used, each on a rail; None where a rail is free."""

    def __init__(self, boxes: Boxes) -> None:
        self.boxes = boxes.boxes
        self.last = {value: index for index, box in enumerate(self.boxes) for value in box.takes}
        self.rails: list[int | None] = []

    def rows(self) -> Iterator[Row]:
        """For each box: lines for the values that part or come in, its own, and lines for what else it gives."""
        ended: int | None = None
        for index, box in enumerate(self.boxes):
            # what begins right below an end would look as if it went on from there
            here = self.rails.index(box.takes[0]) if box.takes else self._free(but=ended)
            for value in dict.fromkeys(box.takes):
                yield from self._take(value, here, goes_on=self.last[value] > index)
            self.rails[here] = None
            yield self._line({here: MARKS[box.role]}, {}), box
            first, *others = [value for value in box.gives if value in self.last] or [None]
            self.rails[here] = first
            ended = here if first is None else None
            for value in others:
                aside = self._free()
                yield self._bridge(here, aside, "╮"), None
                self.rails[aside] = value

    def _take(self, value: int, here: int, *, goes_on: bool) -> Iterator[Row]:
        """Bring a value to the rail of a box; if others take it too, it goes on beside it."""
        rail = self.rails.index(value)
        if rail != here:
            yield self._bridge(here, rail, "┤" if goes_on else "╯"), None
            self.rails[rail] = value if goes_on else None
        elif goes_on:
            aside = self._free()
            yield self._bridge(here, aside, "╮"), None
            self.rails[aside] = value

    def _free(self, but: int | None = None) -> int:
        """A rail that nothing is on."""
        free = (rail for rail, value in enumerate([*self.rails, None, None]) if value is None and rail != but)
        found = next(free)
        if found == WIDEST:
            raise TooLarge
        self.rails += [None] * (found + 1 - len(self.rails))
        return found

    def _bridge(self, here: int, there: int, end: str) -> str:
        """A line in which a value goes from one rail to another, over those that lie between.

        Where it comes in and goes on as well, `┤`, both ends look alike, and an arrow says which way it goes.
        """
        left, right = sorted((here, there))
        marks = {rail: "─" if self.rails[rail] is None else "┼" for rail in range(left + 1, right)}
        ends = {here: "├", there: end} if here < there else {here: "┤", there: MIRRORED[end]}
        links = dict.fromkeys(range(left, right), "─")
        if end == "┤":
            links |= {left: "◂"} if here == left else {right - 1: "▸"}
        return self._line(marks | ends, links)

    def _line(self, marks: dict[int, str], links: Mapping[int, str]) -> str:
        """A line of signs on the rails, and behind them what links a rail with the next one."""
        signs = (marks.get(rail, " " if value is None else "│") for rail, value in enumerate(self.rails))
        return "".join(f"{sign}{links.get(rail, ' ')}" for rail, sign in enumerate(signs)).rstrip()


def render_graph(boxes: Boxes) -> Text:
    """The boxes one below the other in columns, with the rails to their left; raises TooLarge if they are too many."""
    rows = list(_Rails(boxes).rows())
    rails = max((len(row) for row, _ in rows), default=0)
    cells = [(box.name, box.operation, box.shape) for box in boxes.boxes]
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    lines = [Text.assemble((row, "blue")) for row, _ in rows]
    for line, (row, box) in zip(lines, rows, strict=True):
        if box is None:
            continue
        line.append(" " * (rails - len(row) + 2))
        for style, cell, width in zip(("bold", "", ""), (box.name, box.operation, box.shape), widths, strict=True):
            line.append(cell, style).append(" " * (width - columns(cell) + 2))
        line.append(f"{box.learns:>11}", "dim")
        line.rstrip()
    return Text("\n", no_wrap=True, overflow="ellipsis").join(lines)
