"""Gradient noise: what is added to gradients at random."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Entry


class Noise(Entry):
    """Normal numbers that are added to the gradients before each step of the optimizer."""

    kind: ClassVar[str] = "noise"

    def std(self, step: int) -> float:
        """Their standard deviation at a step, counted from 0."""
        raise NotImplementedError

    def python(self) -> str | None:
        """The standard deviation at a `step` as an expression; None if a script has no code for it."""
        return None
