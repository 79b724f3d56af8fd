"""Init rules: which tensors of a network get which initializer."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Entry
from netspec.catalogue.initializers import Initializer
from netspec.catalogue.values import Selectors


class Rule(Entry):
    """Which parameters get their first values from which initializer."""

    kind: ClassVar[str] = "rule"
    positional: ClassVar[tuple[str, ...]] = ("on", "to")

    on: Annotated[Selectors, Field(description="the parameters: `:conv:weight` are the weights of all `conv` layers")]
    to: Annotated[Initializer, Field(description="what they are filled with")]
