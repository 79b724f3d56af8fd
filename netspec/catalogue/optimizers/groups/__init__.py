"""Groups: parameters with values of the optimizer, or an optimizer, of their own."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field

from netspec.catalogue.entry import Entry
from netspec.catalogue.values import Selectors


class ParameterGroup(Entry):
    """Some of the parameters, and what the optimizer has for them in the place of its own values."""

    kind: ClassVar[str] = "group"
    positional: ClassVar[tuple[str, ...]] = ("on",)

    on: Annotated[Selectors, Field(description="the parameters: `*:bias` are those named bias")]

    def own_optimizer(self) -> Entry | None:
        """The optimizer of these parameters, if it is another one than that of the group's owner."""
        raise NotImplementedError

    def options(self) -> dict[str, float]:
        """The optimizer's arguments that have other values for the group."""
        raise NotImplementedError

    def scaled(self, factor: float) -> Self:
        """The same with its learning rates times a factor, to two digits."""
        raise NotImplementedError


def two_digits(lr: float) -> float:
    """A learning rate rounded to two digits."""
    return float(f"{lr:.1e}")
