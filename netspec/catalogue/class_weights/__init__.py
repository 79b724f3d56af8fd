"""Class weights: how much each class counts in a loss."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Entry
from netspec.catalogue.values import Text


class ClassWeighting(Entry):
    """A class by its name, and what its samples count."""

    kind: ClassVar[str] = "class_weight"
    positional: ClassVar[tuple[str, ...]] = ("of", "weight")

    of: Annotated[Text, Field(description="the name of the class")]
    weight: Annotated[float, Field(gt=0, description="what each of its samples counts; those of other classes count 1")]
