"""Blocks of the lines of a table, divided into columns at once where no cell is in quotes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

BLOCK = 2**16
"""The characters of a file that are taken at a time: few enough for the cache of a processor."""


class Chunk(NamedTuple):
    """Some rows of samples by their columns, the first of them number `start`, counted from 0; `underscored` is false
    if no cell has an underscore."""

    start: int
    size: int
    columns: Sequence[Sequence[str]]
    underscored: bool = True


class Lines:
    """The lines of a file, taken many at a time."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text
        self._taken = ""
        self.underscored = False
        self.are_read = False

    def take(self) -> bool:
        """Take the next lines, if there are more."""
        self._taken = self._text.read(BLOCK)
        if self._taken and not self._taken.endswith("\n"):
            self._taken += self._text.readline()
        if self._taken and not self._taken.endswith("\n"):
            self._taken += "\n"
        self.underscored = "_" in self._taken
        self.are_read = False
        return bool(self._taken)

    def columns(self, separator: str, width: int) -> list[Sequence[str]]:
        """The columns of the lines that were taken; none if they aren't all rows of `width` cells without quotes."""
        if '"' in self._taken or width == 1:
            return []
        cells = self._taken.replace("\n", "\n" + separator).split(separator)[:-1]
        count, last = self._taken.count("\n"), "".join(cells[width - 1 :: width])
        # all lines end where a row does, or else some row has another width
        if count * width != len(cells) or last.count("\n") != count:
            return []
        return [*(cells[index::width] for index in range(width - 1)), last.split("\n")[:-1]]

    def one_by_one(self) -> Iterator[str]:
        """The lines that were taken, then those that a row in quotes goes on to."""
        lines = self._taken.split("\n")[:-1]
        for index, line in enumerate(lines, 1):
            self.are_read = index == len(lines)
            yield f"{line}\n"
        for line in iter(self._text.readline, ""):
            self.underscored = self.underscored or "_" in line
            yield line
