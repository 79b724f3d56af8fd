"""What a training makes small: a loss, or a sum of losses that take the same output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, cast

from netspec.catalogue.losses import Loss, TaughtLoss
from netspec.catalogue.targets import Target
from netspec.catalogue.values import Term
from netspec.immutable import immutable

if TYPE_CHECKING:
    from torch import Tensor

    from netspec.modules.losses import Scaling, WeightedSum


@immutable
class Objective:
    """Losses times their factors. What an output stands for is said by the first of them that can.

    Some may be against a teacher: they are learned from, and not measured where a network is evaluated. Where there are
    no others, `usual` is what it is evaluated by.
    """

    terms: tuple[Term[Loss], ...]
    usual: Loss | None = None

    @classmethod
    def of(cls, *losses: Loss) -> Objective:
        return cls(tuple(map(Term, losses)))

    @property
    def losses(self) -> tuple[Loss, ...]:
        return tuple(term.entry for term in self.terms)

    @property
    def learns_targets(self) -> bool:
        """Whether one of the losses is against the targets."""
        return any(not isinstance(loss, TaughtLoss) for loss in self.losses)

    @property
    def judging(self) -> tuple[Term[Loss], ...]:
        """The terms against the targets, by which a network is evaluated."""
        found = tuple(term for term in self.terms if not isinstance(term.entry, TaughtLoss))
        assert found or self.usual is not None, "no loss"
        return found or (Term(cast(Loss, self.usual)),)

    def by_path(self) -> Iterator[tuple[str, Loss]]:
        """The losses with the paths of their values."""
        for number, loss in enumerate(self.losses):
            yield f"train.loss[{number}]" if len(self.terms) > 1 else "train.loss", loss

    def judging_by_path(self) -> Iterator[tuple[str, Loss]]:
        """All losses that take the output, with the paths of their values: also the one that judges where none is
        against the targets."""
        yield from self.by_path()
        if not self.learns_targets:
            yield "train.loss", self.judging[0].entry

    def taught(self) -> Iterator[tuple[str, float, TaughtLoss]]:
        """The losses against a teacher, with the paths of their values and their factors."""
        for (path, loss), term in zip(self.by_path(), self.terms, strict=True):
            if isinstance(loss, TaughtLoss):
                yield path, term.factor, loss

    @property
    def gives_probabilities(self) -> bool:
        """Whether an output stands for a probability of each class."""
        return any(type(term.entry).probabilities is not Loss.probabilities for term in self.judging)

    def build(self, classes: Mapping[str, int], scaling: Scaling | None = None) -> WeightedSum:
        """The torch module of what a network is evaluated by; `classes` are the classes in their order with the numbers
        of their training samples, `scaling` is how targets are scaled for it."""
        from netspec.modules.losses import WeightedSum

        losses = [term.entry.build(classes) for term in self.judging]
        return WeightedSum(losses, [term.factor for term in self.judging], scaling)

    def decide(self, output: Tensor, target: Target) -> Tensor:
        """The decisions [N, …] that outputs [N, …] stand for: classes, int64, or numbers, as the targets are."""
        return self.judging[0].entry.decide(output, target)

    def probabilities(self, output: Tensor) -> Tensor | None:
        """The probability of each class, [N, classes], of outputs [N, …]; None if they stand for none."""
        found = (term.entry.probabilities(output) for term in self.judging)
        return next((probabilities for probabilities in found if probabilities is not None), None)
