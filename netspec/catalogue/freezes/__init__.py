"""Freezes: which tensors of a network stay as they are for a part of the training."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Entry
from netspec.catalogue.values import Duration, Selectors


class Freezing(Entry):
    """Which tensors stay as they are, and until when."""

    kind: ClassVar[str] = "freeze"
    positional: ClassVar[tuple[str, ...]] = ("on",)

    on: Annotated[Selectors, Field(description='the tensors: `"body"` are all of that name or scope')]
    until: Annotated[Duration, Field(description="how long from the beginning of the training on")]
