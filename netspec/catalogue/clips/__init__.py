"""Clips: limits on the size of gradients."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Entry

if TYPE_CHECKING:
    from torch import nn


class Clip(Entry):
    """What is done to the gradients before each step of the optimizer."""

    kind: ClassVar[str] = "clip"

    def apply(self, parameters: Iterable[nn.Parameter]) -> None:
        """Change the gradients of these parameters in place."""
        raise NotImplementedError

    def python(self) -> str | None:
        """A line that changes the gradients of `net`; None if a script has no code for it."""
        return None
