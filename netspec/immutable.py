"""Immutable dataclasses that are as cheap to make as others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def immutable(cls: type[T]) -> type[T]:
    """A dataclass with slots that type checkers take for a frozen one; an equality of its own stays.

    `dataclass(frozen=True)` refuses assignments while the program runs too, and pays for it with a slow call for each
    field of each object, of which a spec becomes thousands. A frozen class also takes twice as long to define, and a
    check defines two hundred.
    """
    own = "__eq__" in vars(cls)
    return dataclass(slots=True, eq=not own, unsafe_hash=not own)(cls)
