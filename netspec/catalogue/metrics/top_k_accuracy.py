"""Share of samples whose class is among the most probable ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import Accumulator, Collector, Metric, Result, Scored
from netspec.catalogue.python import Python
from netspec.catalogue.targets import Target
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError

if TYPE_CHECKING:
    from torch import Tensor


class TopKAccuracy(Metric):
    """The share of samples whose class is among the `k` most probable ones.

    Of classes that are equally probable the later one comes first, as in scikit-learn.
    """

    aliases: ClassVar = (
        "top5",
        "top5_accuracy",
        "top_k_categorical_accuracy",
    )
    from_probabilities: ClassVar = True
    positional: ClassVar = ("k",)
    examples: ClassVar = (Example("top_k_accuracy(3)"),)

    k: Annotated[PositiveInt, Field(description="how many classes are looked at")]

    def fits(self, target: Target) -> None:
        if self.k >= (count := len(target.labels)):
            reason = f"each of {count} classes is among the {self.k} most probable ones"
            raise MisfitError(reason, help=f"a `k` of at most {count - 1}")

    def start(self, kept: Collector) -> Result:
        hits = kept.keep(Hits, self.k)
        return lambda: hits.share

    def python(self) -> Python:
        best = f"np.argsort(probabilities, axis=1, kind='stable')[:, -{self.k}:]"
        return Python(f"({best} == true[:, None]).any(axis=1).sum() / len(true)")


class Hits(Accumulator):
    """How many samples have their class among the `k` most probable ones."""

    def __init__(self, k: int) -> None:
        self.k = k
        self._counts: list[Tensor] = []
        self._samples = 0

    def add(self, batch: Scored) -> None:
        best = batch.scores.argsort(dim=1, stable=True)[:, -self.k :]
        self._counts.append((best == batch.targets.unsqueeze(1)).any(1).sum())
        self._samples += len(batch.targets)

    @property
    def share(self) -> float:
        return sum(int(count) for count in self._counts) / self._samples
