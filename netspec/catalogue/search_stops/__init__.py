"""Search stops: which trials of a study end before their last epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from netspec.catalogue.entry import Entry
from netspec.immutable import immutable


@immutable
class Course:
    """How a trial went so far: its number, and its cost after each epoch, the first being 1; smaller is better.

    A cost that is no number is nan. `complete` is whether it went to its end.
    """

    number: int
    costs: Mapping[int, float]
    complete: bool = False

    @property
    def epoch(self) -> int:
        """The last epoch, 0 before the first."""
        return max(self.costs, default=0)


class SearchStop(Entry):
    """When a trial is hopeless: its values are compared with those of trials before it at the same epoch.

    It remembers nothing, and draws nothing at random.
    """

    kind: ClassVar[str] = "search stop"

    def first_epoch(self) -> int:
        """The first epoch after which it may stop a trial."""
        raise NotImplementedError

    def is_hopeless(self, trial: Course, others: Sequence[Course], epochs: int) -> bool:
        """Whether to stop a trial after its last epoch so far.

        `others` are the trials of the rounds before that are complete or were stopped, in the order of their numbers;
        `epochs` is how many a training has. It is asked after every epoch.
        """
        raise NotImplementedError
