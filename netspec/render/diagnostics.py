"""Diagnostics in the terminal: the message, the source lines with carets, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.text import Text

from netspec.diagnostics import Diagnostic, Edit, Fix, Label, Severity
from netspec.render.excerpt import WIDTH, excerpt, marks_by_line
from netspec.render.words import clean
from netspec.source import Source

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold cyan"}
GUTTER = "blue"


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
    labels = [(label, False) for label in diagnostic.labels]
    if diagnostic.span is not None:
        labels.insert(0, (Label(diagnostic.span, diagnostic.mark), True))
    width = _numbers(labels)
    text.append(render_places(labels, style))
    _tail(text, diagnostic, width)
    return text


def _numbers(labels: Sequence[tuple[Label, bool]]) -> int:
    """How wide the numbers of the lines are."""
    return max((len(str(label.span.line)) for label, _ in labels), default=1)


def render_places(labels: Sequence[tuple[Label, bool]], style: str) -> Text:
    """Places, each with whether it is the main one, under an arrow for each file, the first label's file in front."""
    text = Text(no_wrap=True)
    width = _numbers(labels)
    for number, source in enumerate(dict.fromkeys(label.span.source for label, _ in labels)):
        within = [(label, main) for label, main in labels if label.span.source is source]
        arrow = ":::" if number else "-->"
        text.append(f"{' ' * width}{arrow} ", GUTTER).append(f"{clean(str(within[0][0].span))}\n")
        _excerpts(text, source, within, style, width)
    return text


def _excerpts(text: Text, source: Source, labels: Sequence[tuple[Label, bool]], style: str, width: int) -> None:
    """The lines of a file that are spoken of, each with what is marked on it below."""
    text.append(f"{' ' * width} |\n", GUTTER)
    previous: int | None = None
    for number, marks in marks_by_line(labels).items():
        if previous is not None and number > previous + 1:
            text.append(f"{'.' * max(3, width)}\n", GUTTER)
        for row, mark in excerpt(source.line(number), marks, WIDTH - width - len(" | ")):
            text.append(f"{'' if mark else number:>{width}} | ", GUTTER)
            text.append(f"{row}\n", "" if mark is None else style if mark.main else GUTTER)
        previous = number
    text.append(f"{' ' * width} |\n", GUTTER)


def _tail(text: Text, diagnostic: Diagnostic, width: int) -> None:
    """The notes, the help, and where to read more; lines that follow on one stand below its words."""
    for word, content in (*advice(diagnostic), ("more", f"netspec explain {diagnostic.code}")):
        first, *others = content.split("\n")
        text.append(f"{' ' * width} = ", GUTTER).append(f"{word}: ", "bold").append(f"{clean(first)}\n")
        indent = " " * (width + len(f" = {word}: "))
        for line in others:
            text.append(f"{indent}{clean(line)}\n")


def advice(diagnostic: Diagnostic) -> list[tuple[str, str]]:
    """The reasons and what would be right, each as `note` or `help` with its words, perhaps in several lines."""
    rows = [("note", note) for note in diagnostic.notes]
    if diagnostic.fix is not None:
        rows.append(("help", proposal(diagnostic.fix)))
    if diagnostic.help is not None:
        rows.append(("help", diagnostic.help))
    return rows


def in_words(diagnostic: Diagnostic) -> str:
    """The message, and in further lines the notes and the help: what there is without the places."""
    return "\n".join([diagnostic.message, *(f"{word}: {content}" for word, content in advice(diagnostic))])


def proposal(fix: Fix) -> str:
    """A fix by its title, as something to do."""
    title = fix.title
    return title if title.endswith("?") else f"write {title}" if title.startswith("`") else title


def apply(source: Source, edits: Iterable[Edit]) -> str:
    """The source's text with the edits made; they don't overlap."""
    text = source.text
    for edit in sorted(edits, key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text
