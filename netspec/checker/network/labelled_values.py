"""Values by labels: `body.layer2` is what the step gave that has this label in that scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from netspec.checker.names.scope import Scope, Unresolved, Value, head_of
from netspec.checker.names.values import part_of
from netspec.checker.network.param_names import Labelled, Level
from netspec.diagnostics import Guess, Label, did_you_mean
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.names import UndefinedName
from netspec.problems.paths import SeveralValues, UnknownPath

Given = Mapping[str, Sequence[Any]]
"""What steps gave by their paths, each time that they were applied."""


def labelled(node: tree.Name, level: Level, given: Given, scope: Scope, problems: Problems) -> Any:
    """What the step gave that the name leads to, which begins with the label of a scope; behind the labels may stand a
    part of the value, as in `body.layer2.channels`. Raises Unresolved after reporting that there is none."""
    head, *rest = node.id.split(".")
    if (first := level.find(head)) is not None and first.step.label is not None:
        scope.index.refer(head_of(node, head), first.step.label.span)
    names = [".".join([head, *rest[:end]]) for end in range(len(rest), 0, -1)]
    name, step = next(((name, step) for name in names if (step := level.find(name)) is not None), (head, None))
    if step is None:
        raise _unknown(node, head, level, problems)
    value = _one(node, name, step, given.get(step.path, ()), problems)
    for part in node.id.removeprefix(name).split(".")[1:]:
        if level.scope(name) is not None and isinstance(value, Value) and part not in value.sizes():
            raise _unknown(node, name, level, problems)
        value = part_of(node, value, part, problems)
    return value


def _one(node: tree.Name, name: str, step: Labelled, values: Sequence[Any], problems: Problems) -> Any:
    """The one value that a step gave."""
    if len(values) == 1:
        return values[0]
    if values:
        spans = dict.fromkeys(getattr(value, "span", None) for value in values)
        places = tuple(Label(span, "one of them") for span in spans if span is not None)
        problems.add(SeveralValues(node.span, name, len(values), places))
    elif not problems.fatal:
        hint = f"`{name}` is in line {step.step.span.line}, and this line is part of it"
        problems.add(UndefinedName(node.span, node.id, None, (), hint=hint))
    raise Unresolved


def _unknown(node: tree.Name, scope: str, level: Level, problems: Problems) -> Unresolved:
    """Report that a scope has no such label; it may have positions, which are no names of values."""
    inner = level.scope(scope)
    if inner is not None and not problems.follows(node.span):
        name, dot, rest = node.id.removeprefix(f"{scope}.").partition(".")
        nearest = did_you_mean(name, inner.labelled)
        if nearest is not None:
            nearest = Guess.of(f"{scope}.{nearest}{dot}{rest}", certain=nearest.certain)
        problems.add(UnknownPath(node.span, node.id, nearest, scope, tuple(inner.taken)))
    return Unresolved()
