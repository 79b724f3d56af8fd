"""Judge a network on a split: its loss, its metrics, and each class by itself."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor, nn

from netspec.catalogue.metrics import PerClass, Predictions
from netspec.catalogue.metrics.f1 import F1
from netspec.catalogue.metrics.precision import Precision
from netspec.catalogue.metrics.recall import Recall
from netspec.catalogue.types import Classes
from netspec.data.prepare import Batch
from netspec.modules.losses import WeightedSum
from netspec.program.program import Program
from netspec.runner.events import ClassReport, Evaluation

REPORTED: tuple[PerClass, ...] = (Precision(), Recall(), F1())
"""What is collected of every class, whatever `metrics` asks for: each alone hides mistakes that another shows."""


def evaluate(
    network: nn.Module,
    measure: WeightedSum,
    batches: Iterable[Batch],
    program: Program,
    split: str,
    *,
    final: bool = True,
) -> Evaluation:
    """Judge a network in evaluation mode by the loss module `measure` and the program's metrics.

    Everything is computed over all samples, so the size of the batches changes nothing. The network's mode is put back.
    The probabilities are kept where the metrics ask for them, or where the training is over.
    """
    losses: list[Tensor] = []
    collected = _Collected(program, final or any(metric.from_probabilities for metric in program.metrics))
    training = network.training
    network.eval()
    with torch.inference_mode():
        for inputs, targets in batches:
            output = network(*inputs)
            losses.append(measure.parts(output, targets))
            collected.add(output, targets)
        loss = measure.over_all(losses)
        predictions = collected.predictions()
    network.train(training)
    values = {"loss": loss} | {metric.key(): metric.compute(predictions) for metric in program.metrics}
    target = program.type.target
    if not isinstance(target, Classes) or not program.evaluate.per_class:
        return Evaluation(split, values, predictions)
    classes = report_classes(predictions.counts, target.names)
    return Evaluation(split, values, predictions, classes, worst_of(classes))


class _Collected:
    """What a network says of batch after batch; it stays on the device until all is collected."""

    def __init__(self, program: Program, probabilities: bool) -> None:
        self.loss, self.target = program.loss, program.type.target
        self.wanted = probabilities and self.loss.gives_probabilities
        self.targets: list[Tensor] = []
        self.decisions: list[Tensor] = []
        self.probabilities: list[Tensor] = []

    def add(self, output: Tensor, targets: Tensor) -> None:
        of_classes = isinstance(self.target, Classes)
        self.targets.append(targets)
        self.decisions.append(self.loss.decide(output) if of_classes else self.loss.predict(output))
        probabilities = self.loss.probabilities(output) if of_classes and self.wanted else None
        if probabilities is not None:
            self.probabilities.append(probabilities)

    def predictions(self) -> Predictions:
        classes = self.target.count if isinstance(self.target, Classes) else None
        targets, predictions = (
            torch.cat(parts).cpu().numpy().astype(np.int64 if classes else np.float64)
            for parts in (self.targets, self.decisions)
        )
        probabilities = torch.cat(self.probabilities).float().cpu().numpy() if self.probabilities else None
        return Predictions(targets, predictions, probabilities, classes)


def report_classes(confusion: np.ndarray, names: tuple[str, ...]) -> tuple[ClassReport, ...]:
    """Every class by itself; `confusion[i, j]` counts samples of class i taken for class j."""
    scores = {metric.name(): metric.per_class(confusion).tolist() for metric in REPORTED}
    return tuple(
        ClassReport(
            name,
            int(confusion[number].sum()),
            {metric: values[number] for metric, values in scores.items()},
            _mistaken_for(confusion[number], number, names),
        )
        for number, name in enumerate(names)
    )


def worst_of(classes: tuple[ClassReport, ...]) -> int | None:
    """The place of the class with the smallest F1. One without samples says nothing of the network."""
    predictions = (place for place, report in enumerate(classes) if report.support)
    return min(predictions, key=lambda place: classes[place].values["f1"], default=None)


def _mistaken_for(row: np.ndarray, number: int, names: tuple[str, ...]) -> tuple[str, int] | None:
    """The class that samples of a class are most often taken for instead, and how many."""
    mistakes = row.copy()
    mistakes[number] = 0
    most = int(mistakes.argmax())
    return (names[most], int(mistakes[most])) if mistakes[most] else None
