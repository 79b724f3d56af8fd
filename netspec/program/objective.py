"""What a training makes small: a loss, or a sum of losses that take the same output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netspec.catalogue.losses import Loss
from netspec.catalogue.targets import Target
from netspec.catalogue.values import Term

if TYPE_CHECKING:
    from torch import Tensor

    from netspec.modules.losses import Scaling, WeightedSum


@dataclass(frozen=True, slots=True)
class Objective:
    """Losses times their factors. What an output stands for is said by the first of them that can."""

    terms: tuple[Term[Loss], ...]

    @classmethod
    def of(cls, *losses: Loss) -> Objective:
        return cls(tuple(map(Term, losses)))

    @property
    def losses(self) -> tuple[Loss, ...]:
        return tuple(term.entry for term in self.terms)

    def by_path(self) -> Iterator[tuple[str, Loss]]:
        """The losses with the paths of their values."""
        for number, loss in enumerate(self.losses):
            yield f"train.loss[{number}]" if len(self.terms) > 1 else "train.loss", loss

    @property
    def gives_probabilities(self) -> bool:
        """Whether an output stands for a probability of each class."""
        return any(type(loss).probabilities is not Loss.probabilities for loss in self.losses)

    def build(self, classes: Mapping[str, int], scaling: Scaling | None = None) -> WeightedSum:
        """The torch module; `classes` are the classes in their order with their numbers of training samples, `scaling`
        is how targets are scaled for it."""
        from netspec.modules.losses import WeightedSum

        losses = [loss.build(classes) for loss in self.losses]
        return WeightedSum(losses, [term.factor for term in self.terms], scaling)

    def decide(self, output: Tensor, target: Target) -> Tensor:
        """The decisions [N, …] that outputs [N, …] stand for: classes, int64, or numbers, as the targets are."""
        return self.losses[0].decide(output, target)

    def probabilities(self, output: Tensor) -> Tensor | None:
        """The probability of each class, [N, classes], of outputs [N, …]; None if they stand for none."""
        found = (loss.probabilities(output) for loss in self.losses)
        return next((probabilities for probabilities in found if probabilities is not None), None)
