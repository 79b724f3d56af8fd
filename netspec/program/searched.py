"""The space of a search: the params that are searched, each with its domain."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

from netspec.catalogue.domain import Domain
from netspec.immutable import immutable
from netspec.program.written import written


@immutable
class Searched:
    """A param that is searched: its domain, its value without a search, as a spec writes it, and whether every setting
    has it: one that belongs to a branch is drawn only for settings that take the branch."""

    name: str
    domain: Domain
    default: str
    always: bool = True

    def is_default(self, value: Any) -> bool:
        return written(value, text=True) == self.default


@immutable
class Space:
    """The params that are searched, in the order in which they are declared; `counted` is how many settings there are,
    where they were counted one by one."""

    params: tuple[Searched, ...]
    counted: int | None = None

    @property
    def size(self) -> int | None:
        """How many settings there are; None if they can't be counted. If they weren't counted one by one it is how many
        there are if each has all params."""
        if self.counted is not None:
            return self.counted
        sizes = [param.domain.size for param in self.params]
        return None if None in sizes else prod(size for size in sizes if size is not None)

    def __iter__(self) -> Iterator[Searched]:
        return iter(self.params)

    def __len__(self) -> int:
        return len(self.params)

    def to_json(self) -> list[dict[str, Any]]:
        """The space as JSON data: names and domains, in their order."""
        return [{"name": param.name, **param.domain.to_json()} for param in self.params]
