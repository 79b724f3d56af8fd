"""Diagnostics as data: the message, its location and its fix; `render` turns them into text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache

from netspec.immutable import immutable
from netspec.source import Source, Span


class Severity(StrEnum):
    """The severity, the most severe first. A note is a matter of style and printed only on request."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


@immutable
class Label:
    """A further location that a message is about, with a few words on its part in it."""

    span: Span
    text: str


@immutable
class Edit:
    """Replace the text of a span."""

    span: Span
    text: str


@immutable
class Fix:
    """A correction: in words, and as edits of the source."""

    title: str
    edits: tuple[Edit, ...]


@immutable
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
    sources = list(dict.fromkeys([main, *(item.span.source for item in found if item.span)]))
    # a file that was read twice is two sources of one name
    first = {source.name: index for index, source in reversed(list(enumerate(sources))) if source is not None}
    rank = {source: (first[source.name], index) for index, source in enumerate(sources) if source is not None}

    def location(diagnostic: Diagnostic) -> tuple[int, ...]:
        span = diagnostic.span
        return (*rank[span.source], span.start, span.end) if span else (-1,)

    return tuple(sorted(found, key=location))


class Guess(str):
    """A name that was likely meant. If it is `certain`, an edit may put it in place of what is written; otherwise it
    is only proposed."""

    __slots__ = ("certain",)

    certain: bool

    @classmethod
    def of(cls, name: str, *, certain: bool) -> Guess:
        guess = cls(name)
        guess.certain = certain
        return guess


SHORT = 5
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
MANY = 2000
"""Among more names than this no similar one is searched for, which would take long."""
SIMILAR = 0.78
"""The least similarity of a name that is proposed. Below it lie `dice` and `slice`, `randn` and `rnn`."""


def did_you_mean(name: str, candidates: Iterable[str]) -> Guess | None:
    """The candidate that a misspelled name most likely means, if one is similar enough.

    It is certain if they differ in case and underscores alone, or in one slip of the pen that makes no other candidate.
    """
    return _guess(name, tuple(candidates))


@lru_cache(maxsize=256)
def _guess(name: str, candidates: tuple[str, ...]) -> Guess | None:
    if len(candidates) > MANY:
        return None
    written = plain(name)
    by_key = {plain(candidate): candidate for candidate in candidates}
    # names that differ in underscores alone are rivals
    rivals = len(by_key) < len(set(candidates))
    if written in by_key:
        return Guess.of(by_key[written], certain=not rivals)
    slips = [key for key in by_key if is_slip(written, key)]
    if len(slips) == 1:
        # capitals where the candidates have none are those of another library's name, such as GRN or GeGLU
        foreign = name != name.lower() and not any(candidate != candidate.lower() for candidate in candidates)
        return Guess.of(by_key[slips[0]], certain=not (rivals or foreign or _is_other_word(written, slips[0])))
    matches = get_close_matches(written, slips or by_key, n=1, cutoff=0 if slips else SIMILAR)
    return Guess.of(by_key[matches[0]], certain=False) if matches else None


def _is_other_word(written: str, meant: str) -> bool:
    """Whether short names differ in a letter that isn't beside the other one on the keyboard, as `mel` and `mul`."""
    if len(written) != len(meant) or len(meant) >= SHORT:
        return False
    pairs = [a + b for a, b in zip(written, meant, strict=True) if a != b]
    return len(pairs) == 1 and not any(pairs[0] in row or pairs[0][::-1] in row for row in KEYBOARD)


def plain(name: str) -> str:
    """A name without what spellings differ in: case and underscores."""
    return name.lower().replace("_", "")


def is_slip(written: str, meant: str) -> bool:
    """Whether one letter was left out, added or mistaken, or two neighbors were swapped.

    A digit is no slip, since names that differ in one mean different things, and very short names have too many
    neighbors.
    """
    if abs(len(written) - len(meant)) > 1 or min(len(written), len(meant)) < 2 or max(len(written), len(meant)) < 3:
        return False
    shorter = min(len(written), len(meant))
    start = next((i for i, (a, b) in enumerate(zip(written, meant, strict=False)) if a != b), shorter)
    one, other = written[start:], meant[start:]
    if one[1:] == other[1:]:
        changed = one[:1] + other[:1]
    elif one[1:] == other or one == other[1:]:
        changed = one[:1] if len(one) > len(other) else other[:1]
    elif one[:2] == other[1::-1] and one[2:] == other[2:]:
        changed = one[:2]
    else:
        return False
    return not any(map(str.isdigit, changed))
