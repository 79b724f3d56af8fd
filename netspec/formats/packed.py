"""Texts of a column, packed so that millions of them take little more memory than their characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import overload

SIZE = 512
"""The texts that are packed together."""
BETWEEN = "\0"


class PackedTexts(Sequence[str]):
    """A sequence of texts that grows at its end."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self._full: list[str | tuple[str, ...]] = []
        self._rest: list[str] = []
        self.extend(texts)

    def extend(self, texts: Sequence[str]) -> None:
        """Add texts at the end."""
        self._rest.extend(texts)
        while len(self._rest) >= SIZE:
            first, self._rest = self._rest[:SIZE], self._rest[SIZE:]
            joined = BETWEEN.join(first)
            # a text may have the very character that stands between them
            self._full.append(joined if joined.count(BETWEEN) == SIZE - 1 else tuple(first))

    def __len__(self) -> int:
        return SIZE * len(self._full) + len(self._rest)

    def __iter__(self) -> Iterator[str]:
        return chain(chain.from_iterable(map(_unpacked, self._full)), self._rest)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return tuple(self)[index]
        pack, place = divmod(range(len(self))[index], SIZE)
        return _unpacked(self._full[pack])[place] if pack < len(self._full) else self._rest[place]


def _unpacked(pack: str | tuple[str, ...]) -> Sequence[str]:
    return pack.split(BETWEEN) if isinstance(pack, str) else pack
