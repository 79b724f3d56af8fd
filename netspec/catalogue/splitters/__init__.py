"""Splitters: how cross-validation splits the training samples."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Entry

DRAWN = "samples are always drawn by `train.seed`"
REPEATED = "in `train`, `seeds = 3` divides anew for each of three seeds"


class Division(Entry):
    """How the training samples are divided into parts, so that a run for each part validates on it."""

    kind: ClassVar[str] = "division"
    set_elsewhere: ClassVar[dict[str, str]] = {
        "n_repeats": REPEATED,
        "random_state": DRAWN,
        "repeats": REPEATED,
        "seed": DRAWN,
        "shuffle": DRAWN,
        "stratified": "folds are drawn evenly from each class",
    }

    @property
    def parts(self) -> int:
        """How many parts there are."""
        raise NotImplementedError

    @property
    def part(self) -> int | None:
        """The one part that is validated on, the first being 1; None if each is in turn."""
        raise NotImplementedError

    def only(self, part: int) -> Division:
        """The same division, with that part alone to validate on."""
        raise NotImplementedError

    def size(self, total: int) -> int:
        """How many of `total` samples are in the part that is validated on; of several, in the first."""
        return len(range((self.part or 1) - 1, total, self.parts))
