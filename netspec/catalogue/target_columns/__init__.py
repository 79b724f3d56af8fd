"""Target columns: what a column or an array of targets is taken as, where a spec says it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Entry
from netspec.catalogue.targets import Target
from netspec.catalogue.values import Text, number_text
from netspec.immutable import immutable


@immutable
class TargetValues:
    """The different values of a column or an array of `samples` targets, in their order: numbers, and strings."""

    numbers: tuple[int | float, ...]
    texts: tuple[str, ...]
    samples: int

    @property
    def names(self) -> tuple[str, ...]:
        """The values as names of classes: those of the file."""
        return (*map(number_text, self.numbers), *self.texts)

    @property
    def are_whole(self) -> bool:
        """Whether all are integers."""
        return not self.texts and all(isinstance(value, int) or value.is_integer() for value in self.numbers)


class TargetColumn(Entry):
    """A column, or an array, that is the target, and what its values are."""

    kind: ClassVar[str] = "column"
    taken_by: ClassVar[str | None] = "source"
    positional: ClassVar = ("column",)
    makes: ClassVar[type[Target]]
    """The kind of target that its values make."""

    column: Annotated[Text, Field(min_length=1, description="name of the column or the array to predict")]

    def target(self, values: TargetValues) -> Target:
        """The target that the values make. Raises MisfitError if they make none."""
        raise NotImplementedError
