"""Gaps: what stands between the statements of a body and couldn't be read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from netspec.immutable import immutable
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.syntax import Unclosed
from netspec.source import Span

COMMENT = re.compile(r"#.*")
SETTING = re.compile(r"\s*(\w+(?:\s*,\s*\w+)*)\s*=(?!=)")


@immutable
class Gap:
    """Text of which no statement was made. `names` are those that its lines begin with and an equals sign behind them;
    `settings` says that it is nothing else."""

    span: Span
    names: tuple[str, ...]
    settings: bool


def gaps(body: tree.Body, mistakes: Sequence[Span]) -> Mapping[int, Gap]:
    """The gaps of a body by the index of the statement that follows; `mistakes` are the places of errors."""
    source = body.span.source
    inside = [span.start for span in mistakes if span.source is source and body.span.contains(span)]
    if not inside:
        return {}
    found: dict[int, Gap] = {}
    start = body.span.start
    for index, statement in enumerate((*body.statements, None)):
        end = statement.span.start if statement is not None else body.span.end
        if any(start <= offset < end for offset in inside):
            found[index] = _gap(source.span(start, end))
        start = statement.span.end if statement is not None else end
    return found


def is_unclosed(span: Span, problems: Problems) -> bool:
    """Whether a bracket isn't closed within a call, so that what it lacks may be what isn't written yet."""
    return any(isinstance(item, Unclosed) and item.span is not None and span.contains(item.span) for item in problems)


def _gap(span: Span) -> Gap:
    lines = [line for line in COMMENT.sub("", span.text).strip("{}\n\r\t ").splitlines() if line.strip()]
    settings = [match for line in lines if (match := SETTING.match(line)) is not None]
    names = [name.strip() for match in settings for name in match[1].split(",")]
    return Gap(span, tuple(names), bool(lines) and len(settings) == len(lines))
