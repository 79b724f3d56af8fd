"""Metrics: how a trained network is judged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Entry, find, names
from netspec.catalogue.values import number_text

if TYPE_CHECKING:
    import numpy as np

Of = Literal["classes", "numbers"]


@dataclass(frozen=True)
class Predictions:
    """What a network says of the samples of a split, and what is true, in the order of the split.

    `targets` and `predictions` are [N], whole numbers of classes or float64 numbers. `probabilities` are [N, classes]
    where the loss gives them and somebody asks for them. `classes` is how many there are, None for numbers.
    """

    targets: np.ndarray
    predictions: np.ndarray
    probabilities: np.ndarray | None = None
    classes: int | None = None

    @cached_property
    def counts(self) -> np.ndarray:
        """The confusion matrix: `counts[i, j]` samples of class i were taken for class j."""
        import numpy as np

        assert self.classes is not None
        cells = np.bincount(self.targets * self.classes + self.predictions, minlength=self.classes**2)
        return cells.reshape(self.classes, self.classes)

    @property
    def scores(self) -> np.ndarray:
        """The probabilities, for a metric that is computed from them."""
        assert self.probabilities is not None
        return self.probabilities


class Metric(Entry):
    """A number that says how well a network does on a split; the size of the batches changes nothing."""

    kind: ClassVar[str] = "metric"
    of: ClassVar[Of] = "classes"
    """What the targets are."""
    from_probabilities: ClassVar[bool] = False
    """Whether it takes the probability of each class, and not only the class that is decided for."""
    larger_is_better: ClassVar[bool] = True
    span: ClassVar[tuple[float, float]] = (0.0, 1.0)
    """Between which values it can be."""

    def key(self) -> str:
        """What it is called where it is shown and watched: its name, and the arguments that aren't the default."""
        fields, values = type(self).model_fields, dict(self)
        order = dict.fromkeys((*self.positional, *fields))
        given = [values[name] for name in order if values[name] != fields[name].default]
        texts = (value if isinstance(value, str) else number_text(value) for value in given)
        return "_".join([self.name(), *texts]).replace(".", "_")

    def compute(self, predictions: Predictions) -> float:
        """The metric over all samples; NaN where nothing can be said."""
        raise NotImplementedError


class PerClass(Metric):
    """A share for each class by itself, and an average of them."""

    average: Annotated[
        Literal["macro", "weighted", "micro"],
        Field(
            description="`macro`: every class counts alike; `weighted`: as much as it has samples; "
            "`micro`: the samples of all classes are put together first"
        ),
    ] = "macro"

    def compute(self, predictions: Predictions) -> float:
        if self.average == "micro":
            part, whole = (side.sum(keepdims=True) for side in self.parts(predictions.counts))
            return shares(part, whole)[0]
        scores = self.per_class(predictions.counts)
        if self.average == "macro":
            return sum(scores) / len(scores)
        support = predictions.counts.sum(axis=1)
        return float(scores @ support / support.sum())

    def per_class(self, counts: np.ndarray) -> np.ndarray:
        """The metric of each class, in their order."""
        return shares(*self.parts(counts))

    def parts(self, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each class what is counted, and out of how many."""
        raise NotImplementedError


class OneAgainstRest(Metric):
    """How well the probability of a class tells its samples from the others, and an average over the classes.

    With two classes it is that of the second one. Classes that have no samples, or all of them, say nothing and are
    left out.
    """

    from_probabilities: ClassVar = True

    average: Annotated[
        Literal["macro", "weighted"],
        Field(description="`macro`: every class counts alike; `weighted`: as much as it has samples"),
    ] = "macro"

    def compute(self, predictions: Predictions) -> float:
        import numpy as np

        classes = [1] if predictions.classes == 2 else range(predictions.classes or 0)
        positives = [predictions.targets == number for number in classes]
        told = [(place, of) for place, of in zip(classes, positives, strict=True) if of.any() and not of.all()]
        if not told:
            return float("nan")
        scores = [self.score(of, predictions.scores[:, place].astype(np.float64)) for place, of in told]
        weights = [of.sum() for _, of in told] if self.average == "weighted" else None
        return float(np.average(scores, weights=weights))

    def score(self, positive: np.ndarray, probabilities: np.ndarray) -> float:
        """That of one class: which samples [N] are of it, and how probable each is."""
        raise NotImplementedError


class OfNumbers(Metric):
    """A metric of predicted numbers."""

    of: ClassVar = "numbers"
    larger_is_better: ClassVar = False
    span: ClassVar = (0.0, inf)

    def compute(self, predictions: Predictions) -> float:
        return float(self.score(predictions.targets, predictions.predictions))

    def score(self, true: np.ndarray, predicted: np.ndarray) -> float | np.ndarray:
        """The metric of the numbers [N]."""
        raise NotImplementedError


def shares(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """`part / whole` place by place, 0 where the whole is 0: scikit-learn's zero_division=0."""
    import numpy as np

    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


def explained(missed: np.ndarray, true: np.ndarray) -> float:
    """1 minus the squares of what is missed over those of the distances from the mean, both [N]."""
    if len(true) < 2:
        return float("nan")
    missing, spread = float(missed @ missed), float(((true - true.mean()) ** 2).sum())
    if not spread:
        return 0.0 if missing else 1.0
    return 1 - missing / spread


def called(key: str) -> type[Metric] | None:
    """The metric that a key is one of."""
    fitting = [name for name in names(Metric) if key == name or key.startswith(f"{name}_")]
    return find(Metric, max(fitting, key=len)) if fitting else None


def steps(positive: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The thresholds [T] from the most probable down, with how many samples of the class [T], and how many others, are
    at or above each; samples that are equally probable share a step."""
    import numpy as np

    order = np.argsort(-probabilities, kind="stable")
    probabilities, positive = probabilities[order], positive[order]
    last = np.append(np.flatnonzero(np.diff(probabilities)), len(probabilities) - 1)
    right = np.cumsum(positive)[last]
    return probabilities[last], right, last + 1 - right
