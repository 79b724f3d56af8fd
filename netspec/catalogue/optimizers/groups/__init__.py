"""Groups: parameters that the optimizer moves with values of their own."""

from __future__ import annotations

from typing import Annotated, ClassVar

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
