"""Stages: what is done with a trained network to make it smaller or faster, one after the other."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Entry
from netspec.shapes import MisfitError


class Stage(Entry):
    """What makes another network of a trained one. Each stage is a run of its own, which begins with the weights that
    the one before ended with, and is evaluated on the same samples."""

    kind: ClassVar[str] = "stage"

    trains: ClassVar[bool] = False
    """Whether it trains."""
    leaves_int8: ClassVar[bool] = False
    """Whether what it ends with is computed in whole numbers, so that nothing can be trained or removed any more."""

    def follows(self, before: tuple[Stage, ...]) -> None:
        """Raises MisfitError where it can't come after those stages."""
        last = next((stage for stage in before if stage.leaves_int8), None)
        if last is not None:
            raise MisfitError(
                f"`{self.name()}` comes after `{last.name()}`, which leaves whole numbers that can't be trained or removed",
                help=f"put `{last.name()}` last",
            )
