"""Fixes for a JSON file, from those that are written for `.net`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace

from netspec.diagnostics import Diagnostic, Edit, Fix
from netspec.source import Source

STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def in_json(diagnostics: Iterable[Diagnostic], source: Source) -> tuple[Diagnostic, ...]:
    """The diagnostics of a JSON file; a fix of it that isn't the replacement of a value or a name becomes a help text.
    Those of other files stay."""
    strings = [match.span() for match in STRING.finditer(source.text)]
    return tuple(_in_json(item, strings) if _is_in(source, item) else item for item in diagnostics)


def _is_in(source: Source, diagnostic: Diagnostic) -> bool:
    return diagnostic.fix is not None and all(edit.span.source is source for edit in diagnostic.fix.edits)


def _in_json(diagnostic: Diagnostic, strings: list[tuple[int, int]]) -> Diagnostic:
    if diagnostic.fix is None:
        return diagnostic
    edits = tuple(edit for edit in (_edit(edit, strings) for edit in diagnostic.fix.edits) if edit is not None)
    if len(edits) == len(diagnostic.fix.edits):
        return replace(diagnostic, fix=Fix(diagnostic.fix.title, edits))
    return replace(diagnostic, fix=None, help=diagnostic.help or diagnostic.fix.title)


def _edit(edit: Edit, strings: list[tuple[int, int]]) -> Edit | None:
    """The edit with its text as JSON, or None if it doesn't replace a name or a plain value."""
    if any(start < edit.span.start and edit.span.end < end for start, end in strings):
        return replace(edit, text=json.dumps(edit.text, ensure_ascii=False)[1:-1])
    if not edit.span.text or edit.span.text[0] in "{[":
        return None
    return edit if _is_json(edit.text) else replace(edit, text=json.dumps(edit.text, ensure_ascii=False))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
