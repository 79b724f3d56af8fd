"""Teachers: trained networks that another one learns from."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Entry
from netspec.catalogue.values import Text

Which = Literal["best", "last"]


class Teacher(Entry):
    """A trained network, by the folder of its run."""

    kind: ClassVar[str] = "teacher"
    positional: ClassVar[tuple[str, ...]] = ("folder",)

    folder: Annotated[Text, Field(description="the folder of a run, beside the spec or else below the current folder")]
    weights: Annotated[
        Which | None, Field(description="the best or the last of its weights; none are those that its run ended with")
    ] = None
