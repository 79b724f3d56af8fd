"""Every setting in turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from netspec.catalogue.domain import Domain
from netspec.catalogue.entry import Example
from netspec.catalogue.search_methods import Draw, Sampler, SearchMethod


class Grid(SearchMethod):
    """Try every setting, in the order in which params and their values are written; the last param changes fastest.

    All domains are lists or ranges of whole numbers. A param that only some of the settings read is varied in those
    alone.
    """

    examples: ClassVar = (Example("grid"),)
    continuous: ClassVar = False

    def planned(self, settings: int | None) -> int | None:
        return settings

    def sampler(self, objectives: int, seed: int) -> Sampler:
        return _Odometer()


class _Odometer(Sampler):
    """Counts through the settings: it knows the one before, as the index of each value and how many there are."""

    def __init__(self) -> None:
        self._next: list[int] = []
        self._drawn: list[tuple[int, int]] | None = None

    def begin(self, number: int) -> bool:
        if self._drawn is not None:
            self._next = [index for index, _ in self._drawn]
            while self._next and self._next[-1] + 1 == self._drawn[len(self._next) - 1][1]:
                self._next.pop()
            if not self._next:
                return False
            self._next[-1] += 1
        self._drawn = []
        return True

    def draw(self, name: str, domain: Domain) -> Any:
        assert self._drawn is not None, "a trial is begun first"
        place = len(self._drawn)
        index = self._next[place] if place < len(self._next) else 0
        self._drawn.append((index, _size(domain)))
        return domain[index]

    def repeat(self, number: int, draws: Sequence[Draw]) -> None:
        self._drawn = [(draw.domain.index(draw.value), _size(draw.domain)) for draw in draws]


def _size(domain: Domain) -> int:
    assert domain.size is not None, "real numbers in a grid"
    return domain.size
