"""Selectors and schedules against the network and the length of the training."""

from __future__ import annotations

from itertools import islice

from netspec.diagnostics import Edit, Fix
from netspec.problems import Problems
from netspec.problems.names import IdleSelector
from netspec.problems.training import ScheduleTooLong
from netspec.problems.values import Conflict
from netspec.program.plan import batch_bounds, make_plan
from netspec.program.program import Program
from netspec.program.training_conflicts import idle_patterns, mix_conflicts, schedule_too_long, training_conflicts
from netspec.source import Span


def check_training(program: Program, spans: dict[str, Span], problems: Problems) -> None:
    """Report selectors that select nothing, what doesn't go together, and schedules that the training is too short
    for."""
    train, graph = program.train, program.graph
    for path, idle in idle_patterns(train, graph):
        span = _nearest(path, spans)
        right = f'"{idle.nearest}"' if idle.nearest else ""
        fix = Fix(f"did you mean `{right}`?", (Edit(span, right),)) if span and right and span.text[:1] == '"' else None
        problems.add(IdleSelector(span, idle.pattern, idle.reason, fix))
    if problems.fatal:
        return
    batches = len(batch_bounds(make_plan(program).splits.train, program.data.batch_size))
    for misfit in (*mix_conflicts(train, program.type), *training_conflicts(train, graph, batches)):
        problems.add(Conflict(_nearest(misfit.argument or "", spans), misfit.reason, help=misfit.help))
    # what comes behind a part that is too long follows from it
    for misfit in islice(schedule_too_long(train, batches), 1):
        problems.add(ScheduleTooLong(_nearest(misfit.argument or "", spans), misfit.reason, help=misfit.help))


def _nearest(path: str, spans: dict[str, Span]) -> Span | None:
    """Where a value is written, or the nearest around it that is."""
    while path and path not in spans:
        cut = max(path.rfind("."), path.rfind("["))
        path = path[:cut] if cut > 0 else ""
    return spans.get(path)
