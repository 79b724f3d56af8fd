"""Sizes of which one may be left open, to be found from the others."""

from __future__ import annotations

from math import prod
from typing import Annotated, Literal

from pydantic import Field

from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError

OpenSizes = Annotated[tuple[PositiveInt | Literal["_"], ...], Field(min_length=1)]
"""Sizes with `_` in the place of one that follows from the others."""


def solved(sizes: tuple[int | str, ...], total: int, argument: str) -> tuple[int, ...]:
    """The sizes with the open one found, so that they hold `total` numbers. Raises MisfitError."""
    known = prod(size for size in sizes if isinstance(size, int))
    count = sizes.count("_")
    if count > 1:
        raise MisfitError("one size at most can be found from the others", argument=argument)
    if (total % known if count else total != known) or (count and not total):
        shown = f"[{', '.join(map(str, sizes))}]"
        much = f"a multiple of {known}" if count else f"{known}"
        raise MisfitError(f"{shown} holds {much} numbers, and {total} come in", argument=argument)
    return tuple(size if isinstance(size, int) else total // known for size in sizes)
