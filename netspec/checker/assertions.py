"""What a spec asserts, against what the checker knows."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.checker.values import Bad, Scope, evaluate, shown
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.values import AssertionFailed, WrongOperands
from netspec.program.graph import Graph


def check_assertions(assertions: Sequence[tree.Assertion], scope: Scope, graph: Graph, problems: Problems) -> None:
    """Each assertion holds; it may name params, `parameters` (learned numbers) and `flops` (of one sample)."""
    known = {"parameters": graph.parameter_count, "flops": graph.flops}
    for assertion in assertions:
        inner = Scope({**scope.values, **known}, scope.spans, scope.used)
        try:
            holds = evaluate(assertion.condition, inner, problems)
        except Bad:
            continue
        if not isinstance(holds, bool):
            problems.add(
                WrongOperands(assertion.condition.span, f"an assertion is `true` or `false`, not {shown(holds)}")
            )
        elif not holds and not problems.fatal:
            # with a mistake in the network its figures are no news
            names = sorted({*_names(assertion.condition)} & {*inner.values})
            values = tuple(f"{name} is {_number(inner.values[name])}" for name in names)
            problems.add(AssertionFailed(assertion.condition.span, assertion.condition.span.text, values))


def _number(value: object) -> str:
    return f"{value:_}" if isinstance(value, int) and not isinstance(value, bool) else shown(value)


def _names(node: tree.Expression) -> Sequence[str]:
    match node:
        case tree.Name():
            return (node.id,)
        case tree.Group(inner=inner) | tree.Unary(operand=inner):
            return _names(inner)
        case tree.Binary():
            return (*_names(node.left), *_names(node.right))
        case tree.Conditional():
            return (*_names(node.condition), *_names(node.then), *_names(node.otherwise))
        case _:
            return ()
