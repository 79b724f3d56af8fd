"""The names of classes in the weights of a loss against the classes of the data."""

from __future__ import annotations

from netspec.catalogue.losses._weighted import Weighted
from netspec.catalogue.types import Classes, Target
from netspec.diagnostics import Edit, Fix, Label, did_you_mean
from netspec.problems import Problems
from netspec.problems.names import Duplicate, UnknownClass
from netspec.program.objective import Objective
from netspec.source import Span


def check_class_weights(loss: Objective, target: Target, spans: dict[str, Span], problems: Problems) -> None:
    """Report classes that the data doesn't have, and those that are given a weight twice."""
    if not isinstance(target, Classes):
        return
    for path, term in loss.by_path():
        if isinstance(term, Weighted):
            _check(term, f"{path}.weight", target, spans, problems)


def _check(loss: Weighted, path: str, target: Classes, spans: dict[str, Span], problems: Problems) -> None:
    first: dict[str, Span] = {}
    for number, item in enumerate(loss.by_name):
        place = f"{path}[{number}]" if len(loss.by_name) > 1 else path
        span = spans[f"{place}.of"]
        if item.of in first:
            problems.add(Duplicate(span, "class", item.of, first[item.of]))
        elif item.of not in target.names:
            problems.add(_unknown(item.of, span, target, spans))
        first.setdefault(item.of, span)


def _unknown(name: str, span: Span, target: Classes, spans: dict[str, Span]) -> UnknownClass:
    labels = (Label(spans["data.source"], f"has {target.count} classes"),) if "data.source" in spans else ()
    nearest = did_you_mean(name, target.names)
    fix = Fix(f'did you mean `"{nearest}"`?', (Edit(span, f'"{nearest}"'),)) if nearest else None
    return UnknownClass(span, name, target.names, labels, fix if span.text[:1] == '"' else None)
