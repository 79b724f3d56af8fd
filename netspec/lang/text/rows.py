"""Rows of the layout: margins, columns of `=` and of comments, and empty lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netspec.lang import tree

INDENT = "  "


@dataclass
class Row:
    """The lines of one statement. `key` is the part before `=`, which is aligned with those of the neighbors."""

    before: tuple[str, ...]
    key: str | None
    lines: list[str]
    after: str | None


def indented(lines: Iterable[str], margin: str = INDENT) -> list[str]:
    """The lines with a margin before each that isn't empty."""
    return [margin + line if line else "" for line in lines]


def separate(rows: list[Row], statements: Sequence[tree.Statement]) -> None:
    """Put one empty line around each section and each block."""
    for index in range(1, len(rows)):
        around = any(isinstance(statements[i], tree.Line | tree.Block) for i in (index - 1, index))
        edition = isinstance(statements[index - 1], tree.Edition)
        if (around or edition) and "" not in rows[index].before[:1]:
            rows[index].before = ("", *rows[index].before)


def without_edge(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Without an empty line at the start."""
    return texts[1:] if texts[:1] == ("",) else texts


def groups(rows: list[Row]) -> Iterable[list[Row]]:
    """Groups of rows without empty lines or comments between them, each row of one line."""
    group: list[Row] = []
    for index, row in enumerate(rows):
        if index == 0:
            row.before = without_edge(row.before)
        if group and (row.before or len(row.lines) > 1 or len(group[-1].lines) > 1):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def aligned(rows: list[Row]) -> list[str]:
    """The lines of a group with `=` in one column, and the comments after them in another."""
    width = max((len(row.key) for row in rows if row.key), default=0)
    texts = [f"{row.key:<{width}} = {row.lines[0]}" if row.key else row.lines[0] for row in rows]
    margin = max(
        (len(text) for text, row in zip(texts, rows, strict=True) if row.after and len(row.lines) == 1), default=0
    )
    lines: list[str] = []
    for text, row in zip(texts, rows, strict=True):
        lines += row.before
        rest = [text, *row.lines[1:]]
        if row.after:
            rest[-1] = f"{rest[-1]:<{margin}}  {row.after}" if len(rest) == 1 else f"{rest[-1]}  {row.after}"
        lines += rest
    return lines
