"""Diagnostics as workflow commands of GitHub Actions, which marks them in the files of a pull request."""

from __future__ import annotations

from collections.abc import Iterable

from netspec.diagnostics import Diagnostic, Severity
from netspec.render.as_json import place
from netspec.render.diagnostics import in_words

DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
PROPERTY = DATA | {":": "%3A", ",": "%2C"}


LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def diagnostics_as_commands(diagnostics: Iterable[Diagnostic]) -> str:
    """A line for each diagnostic: `::error file=…,line=…,col=…,title=NS301::message`."""
    return "".join(f"{_command(diagnostic)}\n" for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    properties = ",".join(f"{name}={_escaped(value, PROPERTY)}" for name, value in _properties(diagnostic).items())
    return f"::{LEVELS[diagnostic.severity]} {properties}::{_escaped(in_words(diagnostic), DATA)}"


def _properties(diagnostic: Diagnostic) -> dict[str, str | int]:
    title: dict[str, str | int] = {"title": diagnostic.code}
    if diagnostic.span is None:
        return title
    where = place(diagnostic.span)
    lines = {"file": where["file"], "line": where["line"], "endLine": where["end_line"]}
    if where["line"] != where["end_line"]:
        # columns are refused of more than one line
        return lines | title
    return lines | {"col": where["column"], "endColumn": where["end_column"]} | title


def _escaped(value: str | int, signs: dict[str, str]) -> str:
    return str(value).translate(str.maketrans(signs))
