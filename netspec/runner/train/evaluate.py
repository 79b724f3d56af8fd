"""Evaluation of a network on a split: its loss, its metrics, and each class by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import torch
from torch import Tensor, nn

from netspec.catalogue.entry import find
from netspec.catalogue.metrics import Collector, Confusion, Kept, Metric, PerClass, Scored
from netspec.catalogue.targets import Target
from netspec.data.prepare import Batch
from netspec.modules.losses import WeightedSum, over_all
from netspec.program.program import Program
from netspec.runner.events import ClassReport, Evaluation


def evaluate(
    network: nn.Module,
    criterion: WeightedSum,
    batches: Iterable[Batch],
    samples: int,
    program: Program,
    split: str,
    *,
    final: bool = True,
    forward: Callable[..., Tensor] | None = None,
) -> Evaluation:
    """Evaluate a network in evaluation mode on a split of `samples`, by the loss module and the program's metrics.

    Everything is computed over all samples, so the size of the batches changes nothing. The network's mode is put back.
    What the metrics need is collected batch by batch; all predictions only if some metric needs them, or for a
    `final` evaluation, of which a report is made. `forward` computes the output of the network, if it isn't
    the network itself.
    """
    target, loss = program.type.target, program.loss
    collector = Collector(target, samples)
    metrics = {metric.key(): metric.start(collector) for metric in program.metrics}
    confusion = collector.keep(Confusion, len(target.labels)) if target.labels else None
    probable = loss.gives_probabilities and bool(target.labels)
    whole = collector.keep(Kept, samples, target.compared_as, probable) if final else None
    asked = probable and (final or any(metric.from_probabilities for metric in program.metrics))
    losses: list[Tensor] = []
    training = network.training
    network.eval()
    with torch.inference_mode():
        for inputs, targets in batches:
            output = (forward or network)(*inputs)
            losses.append(criterion.parts(output, targets))
            decisions = criterion.undone(loss.decide(output, target))
            if asked and output.device.type == "mps":  # it has no float64
                output, decisions, targets = output.cpu(), decisions.cpu(), targets.cpu()
            # in float32 many a probability is 1, and samples that the outputs tell apart are tied
            collector.add(Scored(targets, decisions, loss.probabilities(output.double()) if asked else None))
        mean = over_all(torch.stack(losses).tolist())
    network.train(training)
    values = {"loss": mean} | {key: result() for key, result in metrics.items()}
    counts = confusion.counts if confusion is not None else None
    classes = () if counts is None or not program.evaluate.per_class else report_classes(counts, target)
    predictions = whole.predictions if whole is not None else None
    return Evaluation(split, values, samples, predictions, counts, classes, worst_of(classes))


def report_classes(confusion: np.ndarray, target: Target) -> tuple[ClassReport, ...]:
    """Every class by itself; `confusion[i, j]` counts samples of class i taken for class j."""
    scores = {metric.name(): metric.per_class(confusion).tolist() for metric in _per_class(target)}
    return tuple(
        ClassReport(
            name,
            int(confusion[number].sum()),
            {metric: values[number] for metric, values in scores.items()},
            _mistaken_for(confusion[number], number, target.labels),
        )
        for number, name in enumerate(target.labels)
    )


def _per_class(target: Target) -> Iterator[PerClass]:
    """The metrics that are reported of each class."""
    for name in target.reported:
        metric = find(Metric, name)
        assert metric is not None and issubclass(metric, PerClass), name
        yield metric()


def worst_of(classes: tuple[ClassReport, ...]) -> int | None:
    """The index of the class with the smallest F1, among those that have samples; None if no sample of any class is
    misclassified."""
    with_samples = (index for index, report in enumerate(classes) if report.support)
    worst = min(with_samples, key=lambda index: classes[index].values["f1"], default=None)
    return None if worst is None or classes[worst].values["f1"] == 1 else worst


def _mistaken_for(row: np.ndarray, number: int, names: tuple[str, ...]) -> tuple[str, int] | None:
    """The class that samples of a class are most often taken for instead, and how many."""
    mistakes = row.copy()
    mistakes[number] = 0
    most = int(mistakes.argmax())
    return (names[most], int(mistakes[most])) if mistakes[most] else None
