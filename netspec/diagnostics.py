"""What is wrong, where and what would be right, as data; `render` turns it into text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

from netspec.source import Span


class Severity(StrEnum):
    """How grave it is, the gravest first. A note is a matter of habit: it is said when it is asked for."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Label:
    """A further place that a message is about, with a few words on its part in it."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of a span."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """What would make it right: in words, and as edits of the source."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake. `message` can be understood alone, on one line; `span` is where to look first.

    `mark` are the words beside the caret, `labels` the other places, `notes` reasons, `help` what would be
    right in words where `fix` can't say it as an edit. `exit_code` is what a command ends with because of it.
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


def in_source_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by place; what has no place comes first."""
    return tuple(sorted(diagnostics, key=lambda d: (d.span.start, d.span.end) if d.span else (-1, -1)))


def did_you_mean(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that a misspelt name most likely stands for, if one is near enough."""
    by_key = {candidate.lower().replace("_", ""): candidate for candidate in candidates}
    matches = get_close_matches(name.lower().replace("_", ""), by_key, n=1, cutoff=0.6)
    return by_key[matches[0]] if matches else None
