"""Judge a network on a split: its loss, its metrics, and each class by itself."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor, nn

from netspec.catalogue.metrics import PerClass
from netspec.catalogue.metrics.f1 import F1
from netspec.catalogue.metrics.precision import Precision
from netspec.catalogue.metrics.recall import Recall
from netspec.catalogue.types import Classes
from netspec.data.prepare import Batch
from netspec.modules.losses import WeightedSum
from netspec.program.program import Program
from netspec.runner.events import ClassReport, Judgement

REPORTED: tuple[PerClass, ...] = (Precision(), Recall(), F1())
"""What is said of every class, whatever `metrics` asks for: each alone hides mistakes that another shows."""


def judge(
    network: nn.Module, measure: WeightedSum, batches: Iterable[Batch], program: Program, split: str
) -> Judgement:
    """Judge a network in evaluation mode by the loss module `measure` and the program's metrics.

    Everything is summed over samples, so the size of the batches changes nothing. The network's mode is put back.
    """
    target = program.type.target
    losses: list[Tensor] = []
    cells: list[Tensor] = []
    training = network.training
    network.eval()
    with torch.inference_mode():
        for inputs, targets in batches:
            output = network(*inputs)
            losses.append(measure.parts(output, targets))
            if isinstance(target, Classes):
                cells.append(targets * target.count + program.loss.decide(output))
        loss = measure.over_all(losses)
        confusion = _count(cells, target.count) if isinstance(target, Classes) else None
    network.train(training)
    if not isinstance(target, Classes) or confusion is None:
        return Judgement(split, {"loss": loss}, None, (), None)
    metrics = {metric.name(): metric.compute(confusion) for metric in program.evaluate.metrics}
    classes = report_classes(confusion, target.names) if program.evaluate.per_class else ()
    return Judgement(split, {"loss": loss, **metrics}, confusion, classes, worst_of(classes))


def report_classes(confusion: np.ndarray, names: tuple[str, ...]) -> tuple[ClassReport, ...]:
    """Every class by itself; `confusion[i, j]` counts samples of class i taken for class j."""
    scores = {metric.name(): metric.per_class(confusion) for metric in REPORTED}
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
    judged = (place for place, report in enumerate(classes) if report.support)
    return min(judged, key=lambda place: classes[place].values["f1"], default=None)


def _count(cells: list[Tensor], classes: int) -> np.ndarray:
    """The confusion matrix from the number of the cell that each sample falls into, counted on the device."""
    counts = torch.bincount(torch.cat(cells), minlength=classes * classes)
    return counts.view(classes, classes).cpu().numpy()


def _mistaken_for(row: np.ndarray, number: int, names: tuple[str, ...]) -> tuple[str, int] | None:
    """The class that samples of a class are most often taken for instead, and how many."""
    mistakes = row.copy()
    mistakes[number] = 0
    most = int(mistakes.argmax())
    return (names[most], int(mistakes[most])) if mistakes[most] else None
