"""Diagnostics as data: the message, its location and its fix; `render` turns them into text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

from netspec.source import Source, Span


class Severity(StrEnum):
    """The severity, the most severe first. A note is a matter of style and printed only on request."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Label:
    """A further location that a message is about, with a few words on its part in it."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of a span."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A correction: in words, and as edits of the source."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake. `message` is one line that can be understood alone; `span` is the location to look at first.

    `mark` is the text beside the caret, `labels` are other locations, `notes` reasons, `help` is the correction in
    words if `fix` can't express it as an edit. `exit_code` is the exit status of a command because of it.
    """

    code: str
    message: str
    span: Span | None
    severity: Severity = Severity.ERROR
    mark: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None
    fix: Fix | None = None
    exit_code: int = field(default=1, compare=False)

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


def in_source_order(diagnostics: Iterable[Diagnostic], main: Source | None = None) -> tuple[Diagnostic, ...]:
    """Sorted by file, then by location in it. Those without a location come first, then those in `main`, then those in
    other files in the order in which the files first appear."""
    found = tuple(diagnostics)
    sources = dict.fromkeys([main, *(diagnostic.span.source for diagnostic in found if diagnostic.span)])
    rank = {source: index for index, source in enumerate(sources)}

    def location(diagnostic: Diagnostic) -> tuple[int, int, int]:
        span = diagnostic.span
        return (rank[span.source], span.start, span.end) if span else (-1, -1, -1)

    return tuple(sorted(found, key=location))


def did_you_mean(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that a misspelled name most likely means, if one is similar enough."""
    by_key = {candidate.lower().replace("_", ""): candidate for candidate in candidates}
    matches = get_close_matches(name.lower().replace("_", ""), by_key, n=1, cutoff=0.6)
    return by_key[matches[0]] if matches else None
