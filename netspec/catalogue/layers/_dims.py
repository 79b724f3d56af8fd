"""Dimensions as torch counts them, the batch included: 1 is the first of a sample's, -1 the last."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from netspec.shapes import MisfitError, Shape

Dims = Annotated[tuple[int, ...], Field(min_length=1)]
"""A list of dimensions; torch takes none for all of them, the batch too."""


def dim_index(dim: int, x: Shape, argument: str = "dim", more: int = 0) -> int:
    """The index among a sample's sizes of a dimension; `more` dimensions may follow the last. Raises MisfitError."""
    rank = x.rank + 1 + more
    if rank == 1:
        raise MisfitError(f"{x} is one number for each sample and has no dimensions", argument=argument)
    found = dim + rank if dim < 0 else dim
    if not 0 <= found < rank:
        raise MisfitError(f"`{argument}={dim}` isn't a dimension of {x}, which has 1 to {rank - 1}", argument=argument)
    if found == 0:
        raise MisfitError(f"`{argument}={dim}` is the batch, which is left alone", argument=argument)
    return found - 1


def dim_indices(dims: tuple[int, ...], x: Shape, argument: str = "dim") -> tuple[int, ...]:
    """The indices of several dimensions, each once."""
    found = tuple(dim_index(dim, x, argument) for dim in dims)
    if len(set(found)) < len(found):
        raise MisfitError(f"`{argument}` names a dimension twice: {list(dims)}", argument=argument)
    return found


def named(index: int, rank: int) -> str:
    """A dimension in a message: `channels`, `height`."""
    names = {1: ("features",), 2: ("channels", "length"), 3: ("channels", "height", "width")}
    known = names.get(rank, ("channels", "depth", "height", "width") if rank == 4 else ())
    return known[index] if index < len(known) else f"dimension {index + 1}"
