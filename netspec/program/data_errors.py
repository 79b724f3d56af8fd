"""What a source says about its data, as a problem with a place: the data file's own line where it has one."""

from __future__ import annotations

from netspec.catalogue.sources import DataError
from netspec.problems.running import DataMalformed, DataProblem, DataUnavailable, LabelOutOfRange
from netspec.source import Source, Span

PROBLEMS: dict[str, type[DataProblem]] = {
    "missing": DataUnavailable,
    "unreachable": DataUnavailable,
    "malformed": DataMalformed,
    "label": LabelOutOfRange,
}


def as_problem(error: DataError, span: Span | None) -> DataProblem:
    """The problem that a source reports; `span` is the place in the spec that names the data, if it is known."""
    return PROBLEMS[error.what](_in_file(error) or span, error.reason, error.help, read_at=span)


def _in_file(error: DataError) -> Span | None:
    """The characters of the data file that are to blame."""
    if error.path is None or error.line is None:
        return None
    excerpt = error.excerpt or ""
    start = min((error.column or 1) - 1, len(excerpt))
    source = Source(str(error.path), excerpt, error.path, first_line=error.line)
    # an error without a column is about the whole line
    end = start + error.width if error.column is not None else len(excerpt)
    return source.span(start, min(end, len(excerpt)))
