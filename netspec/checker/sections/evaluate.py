"""The section `evaluate`: metrics that go with the targets and the loss, each of them once."""

from __future__ import annotations

from netspec.catalogue.entry import entries
from netspec.catalogue.metrics import Metric
from netspec.catalogue.sections.evaluate import Evaluate
from netspec.catalogue.targets import Target
from netspec.checker.context import Pass
from netspec.diagnostics import Label
from netspec.problems import Problems
from netspec.problems.names import Duplicate
from netspec.problems.values import Conflict
from netspec.program.objective import Objective
from netspec.shapes import MisfitError
from netspec.source import Span


def check_metrics(
    evaluate: Evaluate, loss: Objective, target: Target, spans: dict[str, Span], problems: Problems
) -> None:
    """Report metrics of other targets, those that need probabilities that the loss doesn't give, and duplicates."""
    known: dict[str, Span] = {}
    for index, metric in enumerate(evaluate.metrics or ()):
        span, name = spans.get(f"evaluate.metrics[{index}]") or spans["evaluate.metrics"], metric.name()
        if metric.key() in known:
            problems.add(Duplicate(span, "metric", metric.key(), known[metric.key()]))
        known.setdefault(metric.key(), span)
        if not target.is_a(metric.of):
            message = f"`{name}` is of {metric.of.noun}, and the targets are {target.noun}"
            fitting = ", ".join(entry.name() for entry in entries(Metric) if target.is_a(entry.of))
            problems.add(Conflict(span, message, help=f"of {target.noun} there are {fitting}"))
        elif metric.from_probabilities and not loss.gives_probabilities:
            chosen = " + ".join(item.name() for item in loss.losses)
            message = f"`{name}` needs the probability of each class, and `{chosen}` gives none"
            labels = tuple(Label(place, "the loss") for place in [spans.get("train.loss")] if place)
            problems.add(Conflict(span, message, labels=labels, help="`cross_entropy` gives them"))
        else:
            try:
                metric.fits(target)
            except MisfitError as error:
                problems.add(Conflict(span, error.reason, help=error.help))


CHECKS = (
    Pass(
        "metrics",
        lambda context: check_metrics(
            context.evaluate, context.loss, context.type.target, context.spans, context.problems
        ),
        needs=("evaluate", "loss", "described", "train.loss"),
    ),
)
