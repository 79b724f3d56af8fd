"""Assertions of a spec: those on its params and its network are evaluated, those on results are kept for the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from netspec.catalogue.values import Quantity
from netspec.checker.fit.dimensions import dimension_problems
from netspec.checker.fit.results import Results, check_result, out_of_range, plain, plain_number, result_names
from netspec.checker.names.declarations import MEASURED
from netspec.checker.names.index import Index
from netspec.checker.names.scope import Scope, Unresolved
from netspec.checker.names.values import evaluate, names_in
from netspec.checker.names.wording import shown
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.values import AssertionFailed, WrongOperands
from netspec.program.assertion import SECONDS, SIZE, Assertion
from netspec.program.graph import Graph

ANY_RESULT = 0.7310585786
"""Stands for a result before the run, so that the types of a condition are checked."""


def check_assertions(
    assertions: Sequence[tree.Assertion], scope: Scope, graph: Graph, results: Results, problems: Problems
) -> tuple[Assertion, ...]:
    """Report each assertion that doesn't hold or names what isn't measured; returns those on results."""
    known: dict[str, Any] = dict(zip(MEASURED, (graph.parameter_count, graph.flops), strict=True))
    known |= {name: ANY_RESULT for name in (SIZE, SECONDS) if scope.owner(name) is None}
    measured = dict.fromkeys(results.names())
    found: list[Assertion] = []
    for assertion in assertions:
        condition = cast("tree.Expression", plain(assertion.condition))
        names = result_names(condition, scope)
        wrong = [problem for name in names if (problem := check_result(name, results, measured)) is not None]
        problems.extend(wrong)
        values = known | dict.fromkeys((name.id for name in names), ANY_RESULT)
        try:
            values |= _quantities(condition, scope, values, problems)
            unfit = tuple(dimension_problems(assertion.condition, scope))
            problems.extend(unfit or out_of_range(condition, results))
            if unfit:
                continue
            inner = replace(scope, values=scope.values | values)
            _check_branches(condition, inner, problems)
            holds = evaluate(condition, inner, problems)
        except Unresolved:
            continue
        if not isinstance(holds, bool):
            span = assertion.condition.span
            found_value = "a number" if names else shown(holds)
            problems.add(WrongOperands(span, f"an assertion is `true` or `false`, not {found_value}"))
        elif names and not wrong:
            found.append(_on_results(assertion, condition, names, inner))
        elif not names and not holds and not problems.fatal:
            # with a mistake in the network its figures are no news
            span = assertion.condition.span
            problems.add(AssertionFailed(span, span.text, _values(assertion, inner)))
    return tuple(found)


def _on_results(
    assertion: tree.Assertion, condition: tree.Expression, names: Sequence[tree.Name], scope: Scope
) -> Assertion:
    def holds(results: Mapping[str, float]) -> bool | None:
        try:
            value = evaluate(condition, replace(scope, values=scope.values | dict(results), index=Index()), Problems())
        except Unresolved:
            return None
        return value if isinstance(value, bool) else None

    return Assertion(assertion.condition.span.text, tuple(dict.fromkeys(name.id for name in names)), holds)


def _check_branches(condition: tree.Expression, scope: Scope, problems: Problems) -> None:
    """Evaluate both branches where results choose between them: either may be the one that counts after the run."""
    for part in tree.walk(condition):
        if isinstance(part, tree.Conditional) and result_names(part.condition, scope):
            for branch in (part.then, part.otherwise):
                evaluate(branch, scope, problems)


def _quantities(
    condition: tree.Expression, scope: Scope, known: Mapping[str, Any], problems: Problems
) -> dict[str, float]:
    """The params of a condition that are percentages or times, as numbers."""
    found: dict[str, float] = {}
    for name in names_in(condition):
        if name.id in known or scope.owner(name.id) is None:
            continue
        value = evaluate(name, scope, problems)
        number = plain_number(value) if isinstance(value, Quantity) else None
        if number is not None:
            found[name.id] = number
    return found


def _values(assertion: tree.Assertion, scope: Scope) -> tuple[str, ...]:
    return tuple(f"{name} is {_number(scope.values[name])}" for name in _named(assertion, scope))


def _named(assertion: tree.Assertion, scope: Scope) -> Iterator[str]:
    yield from sorted({name.id for name in names_in(assertion.condition)} & {*scope.values})


def _number(value: object) -> str:
    return f"{value:_}" if isinstance(value, int) and not isinstance(value, bool) else shown(value)
