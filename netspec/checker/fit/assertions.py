"""Assertions of a spec, evaluated with its params and the figures of its network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netspec.checker.names.declarations import MEASURED
from netspec.checker.names.scope import Scope, Unresolved
from netspec.checker.names.values import evaluate, names_in
from netspec.checker.names.wording import shown
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.values import AssertionFailed, WrongOperands
from netspec.program.graph import Graph


def check_assertions(assertions: Sequence[tree.Assertion], scope: Scope, graph: Graph, problems: Problems) -> None:
    """Report each assertion that doesn't hold."""
    known = dict(zip(MEASURED, (graph.parameter_count, graph.flops), strict=True))
    for assertion in assertions:
        inner = replace(scope, values=scope.values | known)
        try:
            holds = evaluate(assertion.condition, inner, problems)
        except Unresolved:
            continue
        if not isinstance(holds, bool):
            problems.add(
                WrongOperands(assertion.condition.span, f"an assertion is `true` or `false`, not {shown(holds)}")
            )
        elif not holds and not problems.fatal:
            # with a mistake in the network its figures are no news
            names = sorted({name.id for name in names_in(assertion.condition)} & {*inner.values})
            values = tuple(f"{name} is {_number(inner.values[name])}" for name in names)
            problems.add(AssertionFailed(assertion.condition.span, assertion.condition.span.text, values))


def _number(value: object) -> str:
    return f"{value:_}" if isinstance(value, int) and not isinstance(value, bool) else shown(value)
