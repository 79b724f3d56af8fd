"""Class weights of a loss: their names against the classes of the data."""

from __future__ import annotations

from netspec.catalogue.losses import Loss
from netspec.catalogue.targets import Target
from netspec.diagnostics import Guess, Label, did_you_mean
from netspec.problems import Problems
from netspec.problems.names import Duplicate, UnknownClass
from netspec.program.objective import Objective
from netspec.source import Span


def check_class_weights(loss: Objective, target: Target, spans: dict[str, Span], problems: Problems) -> None:
    """Report classes that the data doesn't have, and those that are given a weight twice."""
    if target.labels:
        for path, term in loss.by_path():
            _check(term, path, target, spans, problems)


def _check(loss: Loss, path: str, target: Target, spans: dict[str, Span], problems: Problems) -> None:
    first: dict[str, Span] = {}
    for inner, name in loss.named_classes().items():
        span = spans[f"{path}.{inner}"]
        if name in first:
            problems.add(Duplicate(span, "class", name, first[name]))
        elif name not in target.labels:
            problems.add(_unknown(name, span, target, spans))
        first.setdefault(name, span)


def _unknown(name: str, span: Span, target: Target, spans: dict[str, Span]) -> UnknownClass:
    labels = (Label(spans["data.source"], f"has {target.plural}"),) if "data.source" in spans else ()
    nearest = did_you_mean(name, target.labels)
    quoted = nearest and Guess.of(f'"{nearest}"', certain=nearest.certain and span.text[:1] == '"')
    return UnknownClass(span, name, target.labels, labels, quoted)
