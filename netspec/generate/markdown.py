"""Pieces of Markdown pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def code(text: str) -> str:
    """Text as it is typed; nothing for no text."""
    return f"`{text}`" if text else ""


def link(text: str, target: str) -> str:
    return f"[{text}]({target})"


def fenced(lines: Iterable[str]) -> str:
    return "\n".join(["```", *lines, "```", ""])


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with its heads; a bar in a cell is no border."""
    return "".join(map(_row, [columns, ["---"] * len(columns), *rows]))


def _row(cells: Sequence[str]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |\n"
