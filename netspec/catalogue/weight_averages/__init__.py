"""Weight averages: weights that are evaluated and saved in place of those that are trained."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Entry


class Average(Entry):
    """A running mean of the weights of training: it is judged, kept as the best and loaded later."""

    kind: ClassVar[str] = "average"

    buffers: ClassVar[bool] = False
    """Whether running means and variances are averaged like weights; else they are measured anew for the mean."""

    def begins(self, steps: int) -> bool:
        """Whether any weights are averaged in a training of `steps` steps."""
        return True

    def weight(self, step: int, steps: int) -> float | None:
        """How much the weights after a step count against the mean so far; None where the step doesn't.

        Steps are counted from 0. While nothing has been averaged the weights themselves are the mean.
        """
        raise NotImplementedError
