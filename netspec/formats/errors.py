"""The error that readers of data raise, with the place in the file that is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal


class DataError(Exception):
    """The data can't be had, or isn't what the source promises.

    `what` is `missing` (no such file or data set), `unreachable` (it would have to be downloaded, and can't be),
    `malformed` (a file says something else than it should) or `label` (a target that is no class). `path`, `line`
    (from 1), `column` (a character, from 1) and `excerpt` (the line's text) give the place where there is one; a file
    that may not be quoted has no excerpt. `others` are further errors of the same data, found in the same reading.
    """

    def __init__(
        self,
        what: Literal["missing", "unreachable", "malformed", "label"],
        reason: str,
        *,
        argument: str | None = None,
        help: str | None = None,
        path: Path | None = None,
        line: int | None = None,
        column: int | None = None,
        width: int = 1,
        excerpt: str | None = None,
        notes: tuple[str, ...] = (),
        others: tuple[DataError, ...] = (),
    ) -> None:
        super().__init__(reason)
        self.what = what
        self.reason = reason
        self.argument = argument
        self.help = help
        self.path = path
        self.line = line
        self.column = column
        self.width = width
        self.excerpt = excerpt
        self.notes = notes
        self.others = others

    def to_json(self) -> dict[str, Any]:
        """The error as JSON data."""
        path = None if self.path is None else str(self.path)
        names = ("what", "reason", "argument", "help", "line", "column", "width", "excerpt")
        return {name: getattr(self, name) for name in names} | {"path": path, "notes": list(self.notes)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> DataError:
        """The error again. Raises ValueError, TypeError or KeyError if the data isn't that of one."""
        given: dict[str, Any] = {**data}
        given["path"] = None if data["path"] is None else Path(data["path"])
        given["notes"] = tuple(data["notes"])
        return cls(**given)


NOTES = 10
"""So many further errors are listed at most."""


def combined(errors: Sequence[DataError]) -> DataError:
    """The first of some errors about files, with the others as notes."""
    first, *others = errors
    first.notes = tuple(error.reason for error in others[:NOTES])
    if len(others) > NOTES:
        first.notes += (f"and {len(others) - NOTES} more",)
    first.help = first.help or next((error.help for error in others if error.help), None)
    return first


def together(errors: Sequence[DataError]) -> None:
    """Raise the first of some errors, with the others."""
    if errors:
        first, *others = errors
        first.others = tuple(others)
        raise first
