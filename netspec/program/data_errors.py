"""What a source says about its data, as a problem with a place: the data file's own line where it has one."""

from __future__ import annotations

from netspec.diagnostics import Label
from netspec.formats.errors import DataError
from netspec.problems.running import DataMalformed, DataProblem, DataUnavailable, LabelOutOfRange
from netspec.source import Source, Span

PROBLEMS: dict[str, type[DataProblem]] = {
    "missing": DataUnavailable,
    "unreachable": DataUnavailable,
    "malformed": DataMalformed,
    "label": LabelOutOfRange,
}


NAMES = ("target", "categories", "ignore")
"""Arguments that name columns."""


def as_problems(error: DataError, span: Span | None) -> list[DataProblem]:
    """The problems that a source reports together."""
    return [as_problem(one, span) for one in (error, *error.others)]


def as_problem(error: DataError, span: Span | None) -> DataProblem:
    """The problem that a source reports; `span` is the place in the spec that names the data, if it is known.

    A cell is to blame at its place in the file. A name in the spec that the file doesn't have is to blame in the spec.
    """
    in_file = _in_file(error)
    places = [place for place in (in_file, span) if place is not None]
    if in_file is not None and span is not None and error.argument in NAMES:
        places.reverse()
    main, *others = places or [None]
    text = "the data is named here" if main is in_file else "the data"
    labels = tuple(Label(place, text) for place in others if place is not None)
    return PROBLEMS[error.what](main, error.reason + _in_words(error), error.help, labels, error.notes)


def _in_file(error: DataError) -> Span | None:
    """The characters of the data file that are to blame, if they may be shown."""
    if error.path is None or error.line is None or error.excerpt is None:
        return None
    excerpt = error.excerpt
    start = min((error.column or 1) - 1, len(excerpt))
    source = Source(str(error.path), excerpt, error.path, first_line=error.line)
    # an error without a column is about the whole line
    end = start + error.width if error.column is not None else len(excerpt)
    return source.span(start, min(end, len(excerpt)))


def _in_words(error: DataError) -> str:
    """The place in a file that may not be shown."""
    if error.path is None or error.line is None or error.excerpt is not None:
        return ""
    column = f", column {error.column}" if error.column is not None else ""
    return f", in line {error.line}{column} of `{error.path}`"
