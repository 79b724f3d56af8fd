"""The kinds that a spec may name: all that some entry takes."""

from __future__ import annotations

from functools import cache

from netspec.catalogue.entry import Entry, entries, kinds
from netspec.catalogue.slots import slots


@cache
def listed_kinds() -> tuple[type[Entry], ...]:
    """The kinds, sorted by their names in the plural, without those that no entry takes."""
    owners = {kind.kind: kind for kind in kinds()}
    return tuple(kind for kind in kinds() if kind.taken_by is None or _takes(owners[kind.taken_by], kind))


def _takes(owner: type[Entry], kind: type[Entry]) -> bool:
    return any(slot.kind is kind for entry in entries(owner) for slot in slots(entry).values())
