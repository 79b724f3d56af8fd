"""Comments that silence warnings, `# allow NS401: because …`: each on what it stands beside, and none for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from netspec.diagnostics import Severity
from netspec.lang import tree
from netspec.problems import Problem, Problems, find_problem
from netspec.problems.training import UnusedSilencer
from netspec.source import Span

SILENCER = re.compile(r"#+ *allow (NS\d+)(?: *: *(.*))?$", re.IGNORECASE)


@dataclass(frozen=True)
class Silencer:
    """A code that is allowed within a span, and why."""

    code: str
    reason: str
    span: Span


def silence(trees: Iterable[tree.Tree], problems: Problems) -> Problems:
    """The problems without those that comments allow, and with those that the comments have themselves."""
    silencers = [silencer for spec in trees for silencer in _silencers(spec)]
    if not silencers:
        return problems
    used: set[Silencer] = set()
    kept = Problems()
    for problem in problems:
        silencing = [item for item in silencers if _silences(item, problem)]
        used.update(silencing)
        if not silencing:
            kept.add(problem)
    for silencer in silencers:
        if why := _wrong(silencer, silencer in used, problems.fatal):
            kept.add(UnusedSilencer(_line(silencer.span), silencer.code, why))
    return kept


def _silencers(spec: tree.Tree) -> Iterator[Silencer]:
    for span, comments in spec.comments.items():
        for text in (*comments.before, *filter(None, [comments.after]), *comments.inside):
            if found := SILENCER.match(text):
                yield Silencer(found[1].upper(), (found[2] or "").strip(), span)


def _silences(silencer: Silencer, problem: Problem) -> bool:
    if problem.severity is Severity.ERROR or problem.span is None or not silencer.reason:
        return False
    return silencer.code == problem.code and silencer.span.contains(problem.span)


def _wrong(silencer: Silencer, used: bool, fatal: bool) -> str | None:
    """What is wrong with a silencer."""
    kind = find_problem(silencer.code)
    if kind is None:
        return "names no problem that there is"
    if kind.severity is Severity.ERROR:
        return "can't be: errors aren't silenced"
    if not silencer.reason:
        return f"needs a reason: # allow {silencer.code}: because …"
    # with an error in the spec the warnings aren't all looked for
    return None if used or fatal else "silences nothing here"


def _line(span: Span) -> Span:
    return span.source.span(span.start, min(span.end, span.source.line_of(span).end))
