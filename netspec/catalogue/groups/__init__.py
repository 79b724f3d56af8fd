"""Groups: parameters that the optimizer moves with values of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Entry
from netspec.catalogue.values import Selectors

if TYPE_CHECKING:
    from netspec.catalogue.optimizers import Optimizer


class ParameterGroup(Entry):
    """Some of the parameters, and what the optimizer has for them in the place of its own values."""

    kind: ClassVar[str] = "group"
    positional: ClassVar[tuple[str, ...]] = ("on",)

    on: Annotated[Selectors, Field(description="the parameters: `*:bias` are those named bias")]

    def own_optimizer(self) -> Optimizer | None:
        """The optimizer that moves them in the place of the one that the group belongs to."""
        raise NotImplementedError

    def options(self) -> dict[str, float]:
        """The optimizer's arguments that have other values for the group."""
        raise NotImplementedError
