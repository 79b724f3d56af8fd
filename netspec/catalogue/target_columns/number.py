"""A column whose values are numbers to predict."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.target_columns import TargetColumn, TargetValues
from netspec.catalogue.targets.number import Number as NumberTarget
from netspec.shapes import MisfitError


class Number(TargetColumn):
    """A column whose values are numbers to predict, even if they are few integers."""

    makes: ClassVar = NumberTarget
    examples: ClassVar = (Example('number("quality")'),)

    def target(self, values: TargetValues) -> NumberTarget:
        if values.texts:
            raise MisfitError("is not a number")
        return NumberTarget()
