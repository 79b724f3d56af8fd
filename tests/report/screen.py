"""A terminal that remembers what is written to it and knows what is seen on it."""

from __future__ import annotations

import io
import re


class Screen(io.StringIO):
    """A terminal of so many columns: what is written to it, and what is seen on it."""

    def __init__(self, width: int = 80) -> None:
        super().__init__()
        self.width = width

    def isatty(self) -> bool:
        return True

    @property
    def lines(self) -> list[str]:
        """What is seen, were there no end to its height; written over, erased and wrapped as terminals do."""
        lines, column = [""], 0
        for part in re.findall(r"\x1b\[[0-9;]*[a-zA-Z]|.", re.sub(r"\x1b\[[0-9;]*m", "", self.getvalue()), re.DOTALL):
            match part:
                case "\r":
                    column = 0
                case "\n":
                    lines.append("")
                    column = 0
                case "\x1b[0K":
                    lines[-1] = lines[-1][:column]
                case _:
                    if column == self.width:
                        lines.append("")
                        column = 0
                    lines[-1] = lines[-1][:column] + part + lines[-1][column + 1 :]
                    column += 1
        return lines
