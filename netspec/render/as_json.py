"""Diagnostics and plans as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from netspec.diagnostics import Diagnostic, Label
from netspec.source import Span


def place(span: Span) -> dict[str, Any]:
    """A span: file, line and column of its start and of its end, counted from 1 in code points."""
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return {"file": span.source.name, "line": line, "column": column, "end_line": end_line, "end_column": end_column}


def diagnostics_as_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Each diagnostic as an object; the same fields always, in the same order."""
    return [_diagnostic(diagnostic) for diagnostic in diagnostics]


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        "place": place(diagnostic.span) if diagnostic.span else None,
        "mark": diagnostic.mark,
        "labels": [_label(label) for label in diagnostic.labels],
        "notes": list(diagnostic.notes),
        "help": diagnostic.help,
        "fix": {
            "title": diagnostic.fix.title,
            "edits": [{**place(edit.span), "text": edit.text} for edit in diagnostic.fix.edits],
        }
        if diagnostic.fix
        else None,
    }


def _label(label: Label) -> dict[str, Any]:
    return {**place(label.span), "text": label.text}
