"""Source text, spans into it, and the line and column of a place."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

NEWLINE = re.compile(r"\r\n?|\n")


class Source:
    """A text with a name to show; two sources are the same only if they are the same object.

    `name` is what a message prints before the line number. `first_line` is above 1 where `text`
    is an excerpt of a larger file, so that lines keep the numbers they have there.
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

    def span(self, start: int, end: int) -> Span:
        return Span(self, start, end)

    def line_of(self, span: Span) -> Span:
        """The whole of the line on which a span begins."""
        start = span.start - self.position(span.start)[1] + 1
        return self.span(start, start + len(self.line(span.line)))

    def whole(self) -> Span:
        """The start of the text: where a mistake is shown that has no place of its own."""
        return Span(self, 0, 0)

    def __repr__(self) -> str:
        return f"Source({self.name!r})"


@dataclass(frozen=True, slots=True)
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

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"
