"""Diagnostics as SARIF 2.1.0, the form in which code hosts and editors take the findings of a checker."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from textwrap import indent
from typing import Any
from urllib.parse import quote

from netspec.diagnostics import Diagnostic, Fix
from netspec.problems import find_problem
from netspec.render.as_json import place
from netspec.render.diagnostics import in_words, proposal
from netspec.source import Source, Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def diagnostics_as_sarif(diagnostics: Sequence[Diagnostic], specs: Sequence[str] = ()) -> dict[str, Any]:
    """A log with one run. Its rules are the problems that were found, each with its page as help. `specs` are the specs
    of the diagnostics: code hosts refuse a log with a result that has no place, so one without a span has the start of
    its spec."""
    codes = sorted({diagnostic.code for diagnostic in diagnostics})
    driver = {
        "name": "netspec",
        "version": version("netspec-lang"),
        "rules": [_rule(code) for code in codes],
    }
    results = [
        _result(diagnostic, codes.index(diagnostic.code), spec)
        for diagnostic, spec in zip_longest(diagnostics, specs[: len(diagnostics)])
    ]
    run = {"tool": {"driver": driver}, "columnKind": "utf16CodeUnits", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> dict[str, Any]:
    problem = find_problem(code)
    assert problem is not None, "a diagnostic has the code of a problem"
    page = problem.explanation()
    if problem.example is not None:
        for word, spec in (("wrong", problem.example.wrong), ("right", problem.example.right)):
            page += f"\n\n{word}:\n\n{indent(spec, '    ')}"
    return {
        "id": code,
        "name": problem.__name__,
        "shortDescription": _text(problem.title()),
        "fullDescription": _text(problem.explanation().partition("\n\n")[2] or problem.title()),
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": str(problem.severity)},
    }


def _result(diagnostic: Diagnostic, rule: int, spec: str | None) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": str(diagnostic.severity),
        "message": _text(in_words(diagnostic)),
        "locations": [],
    }
    if diagnostic.span is not None:
        result["locations"] = [_location(diagnostic.span, diagnostic.mark)]
    elif spec is not None:
        start = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
        result["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(spec), "region": start}}]
    if diagnostic.labels:
        places = enumerate(diagnostic.labels, 1)
        result["relatedLocations"] = [{"id": number, **_location(label.span, label.text)} for number, label in places]
    if diagnostic.fix is not None:
        result["fixes"] = [_fix(diagnostic.fix)]
    return result


def _location(span: Span, words: str) -> dict[str, Any]:
    physical = {"artifactLocation": _artifact(span.source.name), "region": _region(span)}
    return {"physicalLocation": physical} | ({"message": _text(words)} if words else {})


def _fix(fix: Fix) -> dict[str, Any]:
    sources = dict.fromkeys(edit.span.source for edit in fix.edits)
    return {
        "description": _text(proposal(fix)),
        "artifactChanges": [
            {
                "artifactLocation": _artifact(source.name),
                "replacements": [
                    {"deletedRegion": _region(edit.span), "insertedContent": _text(edit.text)}
                    for edit in fix.edits
                    if edit.span.source is source
                ],
            }
            for source in sources
        ],
    }


def _text(text: str) -> dict[str, str]:
    return {"text": text}


def _artifact(name: str) -> dict[str, str]:
    """A file by its address: relative to the current folder where it is below it."""
    path = Path(name)
    if path.is_absolute():
        if not path.is_relative_to(Path.cwd()):
            return {"uri": path.as_uri()}
        path = path.relative_to(Path.cwd())
    # as bytes, since a name of a file needn't be Unicode
    return {"uri": quote(path.as_posix().encode(errors="surrogateescape"))}


def _region(span: Span) -> dict[str, int]:
    """A span by lines, and by columns in code units of UTF-16, from 1."""
    where = place(span)
    return {
        "startLine": where["line"],
        "startColumn": _units(span.source, where["line"], where["column"]),
        "endLine": where["end_line"],
        "endColumn": _units(span.source, where["end_line"], where["end_column"]),
    }


def _units(source: Source, line: int, column: int) -> int:
    before = source.line(line)[: column - 1]
    return len(before.encode("utf-16-le", errors="surrogatepass")) // 2 + 1
