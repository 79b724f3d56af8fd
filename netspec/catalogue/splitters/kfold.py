"""Validate on every fold in turn."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.splitters import Division
from netspec.catalogue.values import MOST_RUNS, PositiveInt
from netspec.shapes import MisfitError


class KFold(Division):
    """Divide the training samples into folds, and train a network for each that is validated on it alone.

    Folds are drawn evenly from each class and differ in size by one sample at most. Each of several `seeds` divides
    anew: `kfold(5)` with `seeds = 3` is five folds, three times over.
    """

    positional: ClassVar = ("folds",)
    examples: ClassVar = (Example("kfold(5)"), Example("kfold(10, fold=3)"))

    folds: Annotated[int, Field(ge=2, le=MOST_RUNS, description="how many folds there are")]
    fold: Annotated[
        PositiveInt | None,
        Field(description="the one fold to validate on, the first being 1; by default each in turn"),
    ] = None

    def check(self) -> None:
        if self.fold is not None and self.fold > self.folds:
            raise MisfitError(
                f"there is no fold {self.fold} of {self.folds}", argument="fold", help="the first fold is 1"
            )

    @property
    def parts(self) -> int:
        return self.folds

    @property
    def part(self) -> int | None:
        return self.fold

    def only(self, part: int) -> KFold:
        return self.model_copy(update={"fold": part})
