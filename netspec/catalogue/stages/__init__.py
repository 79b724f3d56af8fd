"""Stages: what is done with a trained network to make it smaller or faster, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Entry
from netspec.catalogue.values import Selectors
from netspec.shapes import MisfitError

if TYPE_CHECKING:
    from netspec.catalogue.sections.train import Train


class Stage(Entry):
    """What makes another network of a trained one. Each stage is a run of its own, which begins with the weights that
    the one before ended with, and is evaluated on the same samples."""

    kind: ClassVar[str] = "stage"

    leaves_int8: ClassVar[bool] = False
    """Whether what it ends with is computed in whole numbers, so that nothing can be trained or removed any more."""

    @property
    def spared(self) -> Selectors:
        """Patterns of the layers that it leaves as they are."""
        return ()

    @property
    def needed_layer(self) -> str | None:
        """The layer that the network has to have for it."""
        return None

    @property
    def training_samples(self) -> int:
        """How many samples of the training split it looks at; 0 for none, or for all."""
        return 0

    @property
    def trained_epochs(self) -> int:
        """How many epochs it trains."""
        return 0

    def training(self, train: Train) -> Train | None:
        """The section `train` of what it trains; None if it trains nothing."""
        return None

    def between(self, before: Sequence[Stage], after: Sequence[Stage]) -> None:
        """Raises MisfitError where it can't stand between those stages."""
        last = next((stage for stage in before if stage.leaves_int8), None)
        if last is not None:
            raise MisfitError(
                f"`{self.name()}` comes after `{last.name()}`, which leaves whole numbers: they can't be trained or "
                "removed",
                help=f"put `{last.name()}` last",
            )
