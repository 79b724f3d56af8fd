"""Confirmations: how the best trials of a search are told from lucky ones."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Entry


class Confirmation(Entry):
    """Which trials are trained again once the search is over, and how often."""

    kind: ClassVar[str] = "confirmation"

    @property
    def trials(self) -> int:
        """How many of the best trials are trained again."""
        raise NotImplementedError

    @property
    def runs(self) -> int:
        """How often each of them is, with a seed of its own."""
        raise NotImplementedError
