"""Stages: what is done with a trained network to make it smaller or faster, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from netspec.catalogue.entry import Entry
from netspec.catalogue.export_formats import ExportFormat
from netspec.catalogue.values import Selectors
from netspec.shapes import MisfitError


class Stage(Entry):
    """What makes another network of a trained one. Each stage is a run of its own, which begins with the weights that
    the one before ended with, and is evaluated on the same samples."""

    kind: ClassVar[str] = "stage"

    writes: ClassVar[type[ExportFormat] | None] = None
    """The format of the file that it leaves, if that is the network from there on."""

    @property
    def spared(self) -> Selectors:
        """Patterns of the layers that it leaves as they are."""
        return ()

    @property
    def needed_layer(self) -> str | None:
        """The layer that the network has to have for it."""
        return None

    @property
    def removes(self) -> Literal["filters", "weights"] | None:
        """What it removes from the network."""
        return None

    @property
    def kept_of(self) -> tuple[int, int] | None:
        """How many weights it keeps of how many that follow each other; None if it has no such pattern."""
        return None

    @property
    def training_samples(self) -> int:
        """How many samples the training split has to have for it."""
        return 0

    @property
    def trained_epochs(self) -> int:
        """How many epochs it trains."""
        return 0

    @property
    def learning_rate(self) -> float | None:
        """The learning rate that it trains with, if it isn't that of the section `train`."""
        return None

    def between(self, before: Sequence[Stage], after: Sequence[Stage]) -> None:
        """Raises MisfitError where it can't stand between those stages."""
        last = next((stage for stage in before if stage.writes is not None), None)
        if last is not None:
            raise MisfitError(
                f"`{self.name()}` comes after `{last.name()}`, which leaves whole numbers: they can't be trained or "
                "removed",
                help=f"put `{last.name()}` last",
            )
