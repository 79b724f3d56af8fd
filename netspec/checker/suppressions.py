"""Suppressions of warnings, `# allow NS401: because …`: each for the node that it is on, and none without effect."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from netspec.diagnostics import Severity
from netspec.immutable import immutable
from netspec.lang import tree
from netspec.problems import Problem, Problems, find_problem
from netspec.problems.training import UnusedSuppression
from netspec.source import Span
from netspec.zoo import library_name

SUPPRESSION = re.compile(r"#+ *allow (NS\d+)(?: *: *(.*))?$", re.IGNORECASE)


@immutable
class Suppression:
    """A code that is allowed within a span, and why."""

    code: str
    reason: str
    span: Span


def silence(trees: Iterable[tree.Tree], problems: Problems) -> Problems:
    """The problems without those that comments allow, and with those that the comments have themselves.

    In library files of the zoo, which are what they are so that weights load, warnings are none of the user's.
    """
    problems = _outside_library(problems)
    suppressions = [suppression for spec in trees for suppression in _suppressions(spec)]
    if not suppressions:
        return problems
    used: set[Suppression] = set()
    kept = Problems()
    for problem in problems:
        silencing = [item for item in suppressions if _suppresses(item, problem)]
        used.update(silencing)
        if not silencing:
            kept.add(problem)
    for suppression in suppressions:
        if why := _wrong(suppression, suppression in used, problems.fatal):
            kept.add(UnusedSuppression(_line(suppression.span), suppression.code, why))
    return kept


def _outside_library(problems: Problems) -> Problems:
    kept = Problems()
    for problem in problems:
        path = problem.span.source.path if problem.span is not None else None
        if problem.severity is Severity.ERROR or path is None or library_name(path) is None:
            kept.add(problem)
    return kept


def _suppressions(spec: tree.Tree) -> Iterator[Suppression]:
    for span, comments in spec.comments.items():
        for text in (*comments.before, *filter(None, [comments.after]), *comments.inside):
            if found := SUPPRESSION.match(text):
                yield Suppression(found[1].upper(), (found[2] or "").strip(), span)


def _suppresses(suppression: Suppression, problem: Problem) -> bool:
    if problem.severity is Severity.ERROR or problem.span is None or not suppression.reason:
        return False
    return suppression.code == problem.code and suppression.span.contains(problem.span)


def _wrong(suppression: Suppression, used: bool, fatal: bool) -> str | None:
    """What is wrong with a silencer."""
    kind = find_problem(suppression.code)
    if kind is None:
        return "names no problem that there is"
    if kind.severity is Severity.ERROR:
        return "can't be: errors aren't silenced"
    if not suppression.reason:
        return f"needs a reason: # allow {suppression.code}: because …"
    # with an error in the spec the warnings aren't all looked for
    return None if used or fatal else "silences nothing here"


def _line(span: Span) -> Span:
    return span.source.span(span.start, min(span.end, span.source.line_of(span).end))
