"""Source lines with what is marked on them, as wide as a terminal of 80 columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice, takewhile
from textwrap import wrap

from netspec.diagnostics import Label
from netspec.immutable import immutable
from netspec.render.words import clean

WIDTH = 80
"""How wide an excerpt gets, with the numbers of the lines."""

TAB = "    "
ELLIPSIS = "…"
LONGEST = 400
"""How many characters are shown at most: they may be such as take no column, and a line may have a million of them."""


@immutable
class Mark:
    """A label on one line: characters from 0, whether it is the main one, and its words."""

    start: int
    end: int
    main: bool
    text: str


def marks_by_line(labels: Sequence[tuple[Label, bool]]) -> dict[int, list[Mark]]:
    """The labels, each with whether it is the main one, at the lines on which they begin, the first line first.

    Of a span of several lines the part on the first one is marked, and at an empty span one character.
    """
    found: dict[int, list[Mark]] = {}
    for label, main in labels:
        span = label.span
        start = span.column - 1
        end = min(start + span.end - span.start, len(span.source.line(span.line)))
        found.setdefault(span.line, []).append(Mark(start, max(end, start + 1), main, label.text))
    return dict(sorted(found.items()))


def excerpt(line: str, marks: Sequence[Mark], room: int) -> Iterator[tuple[str, Mark | None]]:
    """The line and below it a row or more for each mark: the rightmost first, so that each has place for its words.

    Of a line that is too long for the room, the part around the marks.
    """
    start, end = _window(line, marks, room)
    before, behind = ELLIPSIS if start else "", ELLIPSIS if end < len(line) else ""
    yield f"{before}{shown(line[start:end])}{behind}", None

    def column(place: int) -> int:
        return 0 if place < start else len(before) + columns(line[start : min(place, end)])

    for mark in sorted(marks, key=lambda mark: (-mark.start, mark.end, not mark.main)):
        # what is beyond an edge is marked at the sign of the cut
        stop = column(mark.end) + len(behind) * (mark.end > end)
        yield from ((row, mark) for row in _rows(column(mark.start), stop, mark, room))


def _rows(column: int, stop: int, mark: Mark, room: int) -> Iterator[str]:
    """The signs with the words beside them, or if there is no room for these, below."""
    signs = " " * column + ("^" if mark.main else "-") * max(1, stop - column)
    text = clean(mark.text)
    if len(signs) + 1 + columns(text) <= room:
        yield f"{signs} {text}".rstrip()
        return
    yield signs
    left = max(0, min(column, room - columns(text)))
    yield from (" " * left + part for part in wrap(text, room - left))


def _window(line: str, marks: Sequence[Mark], room: int) -> tuple[int, int]:
    """Which characters of a line are shown: all, or as many as there is room for beside the signs of the cuts.

    The start of the line if the marks are there, else what is around them; around the main one if they are far apart.
    """
    if _fitting(line, room) == len(line):
        return 0, len(line)
    room -= 2 * len(ELLIPSIS)
    first, last = min(mark.start for mark in marks), max(mark.end for mark in marks)
    if _fitting(line[first:last], room) < last - first:
        main = min(marks, key=lambda mark: not mark.main)
        first, last = main.start, min(main.end, main.start + room // 2)
    if _fitting(line[:last], room) == last:
        first = 0
    around = (room - columns(line[first:last])) // 2
    start = first - _fitting(reversed(line[:first]), around)
    return start, start + _fitting(line[start:], room)


def _fitting(characters: Iterable[str], room: int) -> int:
    """How many of the characters there is room for."""
    used = accumulate(map(columns, islice(characters, LONGEST)))
    return sum(1 for _ in takewhile(lambda width: width <= room, used))


def shown(line: str) -> str:
    """A line as it stands in the terminal."""
    return clean(line.replace("\t", TAB))


def columns(text: str) -> int:
    """How many columns a text takes in a terminal: East Asian wide characters take two, combining ones none."""
    return sum(map(_column, shown(text)))


def _column(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
