"""A column whose values are classes."""  # noqa: N999 - the file has the name of the entry

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.target_columns import TargetColumn, TargetValues
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.values import AnyText, number_text
from netspec.shapes import MisfitError


class Class(TargetColumn):
    """A column whose values are classes, whatever they look like: 1 to 5, -1 and 1, codes with gaps, strings.

    The classes are in the order of their numbers or of the alphabet, or in the order of `names`, which are values of
    the column; a class of `names` may have no sample.
    """

    makes: ClassVar = Classes
    examples: ClassVar = (Example('class("quality")'), Example('class("readmitted", names=["no", "yes"])'))

    names: Annotated[
        tuple[AnyText, ...] | tuple[int, ...],
        Field(description="values of the classes, in the order of their indices; by default all that are there"),
    ] = ()

    def check(self) -> None:
        if len(set(self.labels)) < len(self.labels):
            raise MisfitError("`names` has a class twice", argument="names")
        if len(self.names) == 1:
            raise MisfitError("`names` has one class, but there are at least two", argument="names")

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes; empty if all values are classes."""
        return tuple(name if isinstance(name, str) else number_text(name) for name in self.names)

    def target(self, values: TargetValues) -> Classes:
        return Classes(names=self.labels or values.names)
