"""Metrics: how a trained network is evaluated."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import Field

from netspec.catalogue.entry import Entry, find, names
from netspec.catalogue.python import Python
from netspec.catalogue.targets import Target
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.targets.number import Number
from netspec.catalogue.thresholds import ranked
from netspec.catalogue.values import number_text
from netspec.immutable import immutable

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

Result = Callable[[], float]
"""A metric over all batches that were added; NaN where nothing can be said."""


# ---- what is kept of a split ----


@immutable
class Scored:
    """A batch of a split: targets [B, …], and the decisions [B, …] that the outputs of the network stand for, with the
    probabilities of the classes [B, classes], float64, where the loss gives them."""

    targets: Tensor
    decisions: Tensor
    probabilities: Tensor | None = None

    @property
    def scores(self) -> Tensor:
        """The probabilities, for what is computed from them."""
        assert self.probabilities is not None
        return self.probabilities


class Accumulator:
    """Something that is kept of a split while its batches go by."""

    def add(self, batch: Scored) -> None:
        """Take a batch in; nothing waits for the device."""
        raise NotImplementedError


A = TypeVar("A", bound=Accumulator)


class Collector:
    """All that the metrics of a split keep, each thing once. `samples` is how many the split has."""

    def __init__(self, target: Target, samples: int) -> None:
        self.target = target
        self.samples = samples
        self._accumulators: dict[tuple[Any, ...], Accumulator] = {}

    def keep(self, kind: Callable[..., A], *arguments: Any) -> A:
        """The accumulator `kind(*arguments)`, which all who ask for it share."""
        key = (kind, *arguments)
        if key not in self._accumulators:
            self._accumulators[key] = kind(*arguments)
        accumulator: Any = self._accumulators[key]
        return accumulator

    def add(self, batch: Scored) -> None:
        for accumulator in self._accumulators.values():
            accumulator.add(batch)


class Confusion(Accumulator):
    """The confusion matrix of some classes: `counts[i, j]` samples of class i were taken for class j."""

    def __init__(self, classes: int) -> None:
        self.classes = classes
        self._cells: Tensor | None = None

    def add(self, batch: Scored) -> None:
        import torch

        if self._cells is None:
            self._cells = torch.zeros(self.classes**2, dtype=torch.int64, device=batch.decisions.device)
        cells = batch.targets * self.classes + batch.decisions
        # unlike bincount it doesn't have to wait for the largest of them
        self._cells.index_add_(0, cells.reshape(-1), torch.ones_like(cells).reshape(-1))

    @property
    def counts(self) -> np.ndarray:
        assert self._cells is not None, "there are samples"
        return self._cells.cpu().numpy().reshape(self.classes, self.classes)


class Gathered(Accumulator):
    """A value or more of every sample, [N, …]: what `pick` takes of each batch."""

    def __init__(self, pick: Callable[[Scored], Tensor]) -> None:
        self.pick = pick
        self._parts: list[Tensor] = []

    def add(self, batch: Scored) -> None:
        self._parts.append(self.pick(batch))

    @cached_property
    def values(self) -> np.ndarray:
        import torch

        return torch.cat(self._parts).cpu().numpy()


class Kept(Accumulator):
    """All of the targets and decisions of a split with so many samples, in its order; and all probabilities if asked.

    Their memory is allocated once, with the first batch: in files where it is more than there is to spare.
    """

    def __init__(self, samples: int, dtype: str, probabilities: bool) -> None:
        self.samples = samples
        self.dtypes = {"targets": dtype, "decisions": dtype} | ({"probabilities": "float64"} if probabilities else {})
        self._arrays: dict[str, np.ndarray] = {}
        self._waiting: list[Scored] = []
        self._filled = 0

    def add(self, batch: Scored) -> None:
        if batch.decisions.device.type == "cpu":
            self._fill(batch)
        else:  # fetched in the end, so that the device isn't waited for
            self._waiting.append(batch)

    def _fill(self, batch: Scored) -> None:
        from netspec.memory import allocate

        start, self._filled = self._filled, self._filled + len(batch.targets)
        for name, dtype in self.dtypes.items():
            values: Tensor = getattr(batch, name)
            if name not in self._arrays:
                self._arrays[name] = allocate((self.samples, *values.shape[1:]), dtype)
            self._arrays[name][start : self._filled] = values.cpu()

    @property
    def predictions(self) -> Predictions:
        while self._waiting:
            self._fill(self._waiting.pop(0))
        return Predictions(**self._arrays)


@immutable
class Predictions:
    """The targets and the decisions [N, …] of a split, in its order, and the probabilities of the classes [N, classes],
    float64, where the loss gives them."""

    targets: np.ndarray
    decisions: np.ndarray
    probabilities: np.ndarray | None = None

    @property
    def scores(self) -> np.ndarray:
        """The probabilities, for what is computed from them."""
        assert self.probabilities is not None
        return self.probabilities


# ---- metrics ----


class Metric(Entry):
    """A number that says how well a network does on a split; the size of the batches changes nothing."""

    kind: ClassVar[str] = "metric"
    of: ClassVar[type[Target]] = Classes
    """The targets that it is of."""
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

    def fits(self, target: Target) -> None:
        """Raises MisfitError where it says nothing of such targets, though it is of their kind."""

    def start(self, kept: Collector) -> Result:
        """Say what has to be kept of a split. Gives the metric over all batches that are added to that."""
        raise NotImplementedError

    def python(self) -> Python | None:
        """The metric as an expression of `counts`, a confusion matrix, or of `true`, `predicted` and `probabilities` of
        all samples; None if a script has no code for it."""
        return None


class OfCounts(Metric):
    """A metric of the confusion matrix."""

    def start(self, kept: Collector) -> Result:
        confusion = kept.keep(Confusion, len(kept.target.labels))
        return lambda: self.of_counts(confusion.counts)

    def of_counts(self, counts: np.ndarray) -> float:
        """The metric of a confusion matrix: `counts[i, j]` samples of class i were taken for class j."""
        raise NotImplementedError


class PerClass(OfCounts):
    """A share for each class by itself, and an average of them.

    A class that a split has no sample of and that is never predicted doesn't count in the average, as in scikit-learn.
    """

    average: Annotated[
        Literal["macro", "weighted", "micro"],
        Field(
            description="`macro`: every class counts alike; `weighted`: as much as it has samples; "
            "`micro`: the samples of all classes are put together first"
        ),
    ] = "macro"

    def of_counts(self, counts: np.ndarray) -> float:
        return AVERAGES[self.average](*self.parts(counts), counts)

    def per_class(self, counts: np.ndarray) -> np.ndarray:
        """The metric of each class, in their order."""
        return shares(*self.parts(counts))

    def parts(self, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each class what is counted, and out of how many."""
        raise NotImplementedError

    def python_parts(self) -> str | None:
        """`parts` as two expressions; None if a script has no code for them."""
        return None

    def python(self) -> Python | None:
        parts = self.python_parts()
        if parts is None:
            return None
        return Python(f"{self.average}({parts}, counts)", (f"{__name__}.{self.average}",))


class OfPredictions(Metric):
    """An exact metric, which can't be said before all targets and decisions are known."""

    def start(self, kept: Collector) -> Result:
        found = kept.keep(Kept, kept.samples, kept.target.compared_as, self.from_probabilities)
        return lambda: self.of_predictions(found.predictions)

    def of_predictions(self, predictions: Predictions) -> float:
        """The metric of a split."""
        raise NotImplementedError


class OneAgainstRest(OfPredictions):
    """How well the probability of a class tells its samples from the others, and an average over the classes.

    With two classes it is that of the second one. Classes that have no samples, or all of them, say nothing and are
    left out.
    """

    from_probabilities: ClassVar = True

    average: Annotated[
        Literal["macro", "weighted"],
        Field(description="`macro`: every class counts alike; `weighted`: as much as it has samples"),
    ] = "macro"

    def of_predictions(self, predictions: Predictions) -> float:
        return against_rest(self.score, predictions.targets, predictions.scores, self.average)

    def score(self, positive: np.ndarray, probabilities: np.ndarray) -> float:
        """That of one class: which samples [N] are of it, and scores in the order of how probable each is."""
        raise NotImplementedError


class OfNumbers(OfPredictions):
    """A metric of predicted numbers, which takes no more memory than the targets."""

    of: ClassVar = Number
    larger_is_better: ClassVar = False
    span: ClassVar = (0.0, inf)

    def of_predictions(self, predictions: Predictions) -> float:
        return float(self.score(predictions.targets, predictions.decisions))

    def score(self, true: np.ndarray, predicted: np.ndarray) -> float | np.ndarray:
        """The metric of the numbers [N]."""
        raise NotImplementedError


def against_rest(
    score: Callable[[np.ndarray, np.ndarray], float], targets: np.ndarray, probabilities: np.ndarray, average: str
) -> float:
    """An average of the scores of all classes that have samples, and not all; of two classes that of the second."""
    import numpy as np

    count = probabilities.shape[1]
    classes = [1] if count == 2 else range(count)
    positives = [targets == number for number in classes]
    pairs = [(number, of) for number, of in zip(classes, positives, strict=True) if of.any() and not of.all()]
    if not pairs:
        return float("nan")
    scores = [score(of, ranked(probabilities, number)) for number, of in pairs]
    weights = [of.sum() for _, of in pairs] if average == "weighted" else None
    return float(np.average(scores, weights=weights))


def macro(part: np.ndarray, whole: np.ndarray, counts: np.ndarray) -> float:
    """The mean of `part / whole` of the classes that are in a confusion matrix, as true or as predicted ones."""
    there = counts.sum(axis=1) + counts.sum(axis=0) > 0
    return float(shares(part, whole)[there].mean())


def weighted(part: np.ndarray, whole: np.ndarray, counts: np.ndarray) -> float:
    """The mean of `part / whole` of all classes, weighted by their samples in a confusion matrix."""
    support = counts.sum(axis=1)
    return float(shares(part, whole) @ support / support.sum())


def micro(part: np.ndarray, whole: np.ndarray, counts: np.ndarray) -> float:
    """`part / whole` of the samples of all classes together."""
    return float(shares(part.sum(keepdims=True), whole.sum(keepdims=True))[0])


AVERAGES = {"macro": macro, "weighted": weighted, "micro": micro}


def shares(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """`part / whole` place by place, 0 where the whole is 0: scikit-learn's zero_division=0."""
    import numpy as np

    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


EXPLAINED = f"{__name__}.explained"
"""The function that scripts have a copy of."""


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
