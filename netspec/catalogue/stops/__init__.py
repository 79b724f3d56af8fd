"""Stops: when training ends before its last epoch."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Entry


class Stop(Entry):
    """A rule that ends training early."""

    kind: ClassVar[str] = "stop"
