"""Source texts, spans of them, and lines and columns: as messages print them, and as editors count them."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import Literal

from netspec.immutable import immutable

NEWLINE = re.compile(r"\r\n?|\n")

PositionEncoding = Literal["utf-8", "utf-16", "utf-32"]
"""The encoding whose code units an editor counts columns in, named as in the Language Server Protocol."""


class Source:
    """A text with a name; two sources are the same only if they are the same object.

    `name` is printed before the line number in messages. `first_line` is above 1 if `text` is an excerpt of a larger
    file, so that lines keep the numbers that they have there.
    """

    def __init__(self, name: str, text: str, path: Path | None = None, first_line: int = 1) -> None:
        self.name = name
        self.text = text
        self.path = path
        self.first_line = first_line

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(ending.end() for ending in NEWLINE.finditer(self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1, the column in code points."""
        row = bisect_right(self._line_starts, offset) - 1
        return row + self.first_line, offset - self._line_starts[row] + 1

    def line(self, number: int) -> str:
        """The text of a line, without its line ending."""
        start = self._line_starts[number - self.first_line]
        ending = NEWLINE.search(self.text, start)
        return self.text[start : ending.start() if ending else len(self.text)]

    def line_column(self, offset: int, encoding: PositionEncoding = "utf-16") -> tuple[int, int]:
        """Line and column of an offset as editors count them: from 0, the column in code units of `encoding`.

        No column is past the end of its line: an offset between the two characters of a line ending is at that end.
        """
        number, column = self.position(offset)
        return number - 1, _units(self.line(number)[: column - 1], encoding)

    def offset_at(self, line: int, column: int, encoding: PositionEncoding = "utf-16") -> int:
        """The offset of a line and a column as editors count them.

        A column past the end of its line is that end, one within a character is the start of the character, and a line
        that the text doesn't have is the start or the end of the text.
        """
        number = line + 1
        if number < self.first_line:
            return 0
        if number >= self.first_line + len(self._line_starts):
            return len(self.text)
        return self._line_starts[number - self.first_line] + _length(self.line(number), column, encoding)

    def span(self, start: int, end: int) -> Span:
        return Span(self, start, end)

    def line_of(self, span: Span) -> Span:
        """The whole line on which a span begins."""
        start = span.start - self.position(span.start)[1] + 1
        return self.span(start, start + len(self.line(span.line)))

    def whole(self) -> Span:
        """The start of the text, for a mistake that has no span of its own."""
        return Span(self, 0, 0)

    def __repr__(self) -> str:
        return f"Source({self.name!r})"


@immutable
class Span:
    """The characters `start` to `end` (exclusive) of a source."""

    source: Source = field(repr=False)
    start: int
    end: int

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.position(self.start)[1]

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def to(self, other: Span) -> Span:
        """From the start of this span to the end of the other."""
        return Span(self.source, self.start, max(self.end, other.end))

    def after(self) -> Span:
        """The empty span right behind this one."""
        return Span(self.source, self.end, self.end)

    def contains(self, other: Span) -> bool:
        return self.source is other.source and self.start <= other.start and other.end <= self.end

    def __hash__(self) -> int:
        # spans are the keys of all that is known of a spec; few of one start are in one table
        return self.start

    def __eq__(self, other: object) -> bool:
        return (
            type(other) is type(self)
            and other.start == self.start
            and other.end == self.end
            and other.source is self.source
        )

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"


def _units(text: str, encoding: PositionEncoding) -> int:
    """The number of code units that a text has in an encoding."""
    return len(text) if text.isascii() else sum(_width(character, encoding) for character in text)


def _length(line: str, units: int, encoding: PositionEncoding) -> int:
    """The number of characters at the start of a line that have at most so many code units."""
    if line.isascii():
        return max(0, min(units, len(line)))
    for index, character in enumerate(line):
        units -= _width(character, encoding)
        if units < 0:
            return index
    return len(line)


def _width(character: str, encoding: PositionEncoding) -> int:
    """The number of code units of a character."""
    code = ord(character)
    match encoding:
        case "utf-8":
            return 1 + (code > 0x7F) + (code > 0x7FF) + (code > 0xFFFF)
        case "utf-16":
            return 1 + (code > 0xFFFF)
        case "utf-32":
            return 1
