"""Diagnostics in the terminal: the message, the source lines with carets, and what would be right."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.text import Text

from netspec.diagnostics import Diagnostic, Edit, Label, Severity
from netspec.render.words import clean
from netspec.source import Source, Span

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow"}
GUTTER = "blue"
TAB = "    "
EXCERPT = 100
"""How much of a line is shown; longer ones are cut around the place."""


def render(diagnostics: Sequence[Diagnostic]) -> Text:
    """All diagnostics, an empty line between two, and how many there are."""
    parts = [render_one(diagnostic) for diagnostic in diagnostics]
    return Text("\n").join([*parts, summary(diagnostics)])


def summary(diagnostics: Iterable[Diagnostic]) -> Text:
    """`2 errors, 1 warning`."""
    counts = [(severity, sum(d.severity is severity for d in diagnostics)) for severity in Severity]
    words = [f"{count} {severity}{'s' * (count != 1)}" for severity, count in counts if count]
    return Text(", ".join(words), "bold")


def render_one(diagnostic: Diagnostic) -> Text:
    text = Text(no_wrap=True)
    style = STYLES[diagnostic.severity]
    text.append(f"{diagnostic.severity}[{diagnostic.code}]", style)
    text.append(f": {clean(diagnostic.message)}\n", "bold")
    labels = list(diagnostic.labels)
    if diagnostic.span is not None:
        labels.append(Label(diagnostic.span, diagnostic.mark))
    width = max((len(str(label.span.line)) for label in labels), default=1)
    for index, source in enumerate(_sources(diagnostic)):
        within = [label for label in labels if label.span.source is source]
        place = diagnostic.span if index == 0 and diagnostic.span else within[0].span
        text.append(f"{' ' * width}--> ", GUTTER).append(f"{clean(str(place))}\n")
        _excerpt(text, within, diagnostic.span, style, width)
    _tail(text, diagnostic, width)
    return text


def _sources(diagnostic: Diagnostic) -> list[Source]:
    """The files that take part, the one to look at first in front."""
    spans = [diagnostic.span, *(label.span for label in diagnostic.labels)]
    return list(dict.fromkeys(span.source for span in spans if span is not None))


def _tail(text: Text, diagnostic: Diagnostic, width: int) -> None:
    """The notes, the help, and where to read more."""
    rows = [("note", clean(note)) for note in diagnostic.notes]
    if diagnostic.fix is not None:
        rows.append(("help", _fix(diagnostic)))
    if diagnostic.help is not None:
        rows.append(("help", clean(diagnostic.help)))
    rows.append(("more", f"netspec explain {diagnostic.code}"))
    for word, content in rows:
        text.append(f"{' ' * width} = ", GUTTER).append(f"{word}: ", "bold").append(f"{content}\n")


def _fix(diagnostic: Diagnostic) -> str:
    """A fix: its title, and the line as it would be if the title doesn't say it."""
    assert diagnostic.fix is not None
    title = clean(diagnostic.fix.title)
    return title if title.endswith("?") else f"write {title}" if title.startswith("`") else title


# ---- source lines ----


@dataclass(frozen=True, slots=True)
class _Mark:
    """A label on one line: columns from 0, whether it is the main one, and its words."""

    start: int
    end: int
    main: bool
    text: str


def _excerpt(text: Text, labels: Sequence[Label], main: Span | None, style: str, width: int) -> None:
    """The lines that are spoken of, each with what is marked on it below."""
    by_line: dict[int, list[_Mark]] = {}
    for label in labels:
        span = label.span
        line = span.source.line(span.line)
        start = span.column - 1
        length = max(1, min(span.end - span.start, len(line) - start))
        by_line.setdefault(span.line, []).append(_Mark(start, start + length, span == main, clean(label.text)))
    source = labels[0].span.source
    text.append(f"{' ' * width} |\n", GUTTER)
    previous: int | None = None
    for number in sorted(by_line):
        if previous is not None and number > previous + 1:
            text.append(f"{'.' * max(3, width)}\n", GUTTER)
        _line(text, source.line(number), number, by_line[number], style, width)
        previous = number
    text.append(f"{' ' * width} |\n", GUTTER)


def _line(text: Text, line: str, number: int, marks: list[_Mark], style: str, width: int) -> None:
    """One source line with its marks, the rightmost first, so that each has room for its words."""
    first = min(mark.start for mark in marks)
    cut = max(0, first - EXCERPT // 2) if len(line) > EXCERPT else 0
    shown = _visible(line[cut : cut + EXCERPT])
    shown = f"{'…' if cut else ''}{shown[1 if cut else 0 :]}{'…' if cut + EXCERPT < len(line) else ''}"
    text.append(f"{number:>{width}} | ", GUTTER).append(f"{shown}\n")
    for mark in sorted(marks, key=lambda mark: -mark.start):
        before = _columns(_visible(line[cut : mark.start]))
        length = max(1, _columns(_visible(line[max(cut, mark.start) : min(mark.end, cut + EXCERPT)])))
        sign, colour = ("^", style) if mark.main else ("-", GUTTER)
        text.append(f"{' ' * width} | ", GUTTER).append(" " * before + sign * length, colour)
        text.append(f" {mark.text}\n" if mark.text else "\n", colour)


def _visible(line: str) -> str:
    return clean(line.replace("\t", TAB))


def _columns(text: str) -> int:
    """How many columns a text takes in a terminal: East Asian wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def apply(source: Source, edits: Iterable[Edit]) -> str:
    """The source's text with the edits made; they don't overlap."""
    text = source.text
    for edit in sorted(edits, key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text
