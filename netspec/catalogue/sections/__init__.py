"""Sections: the blocks of a spec, each with its keys."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Entry


class Section(Entry):
    """A block at the top of a spec."""

    kind: ClassVar[str] = "section"
