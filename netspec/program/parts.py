"""Parts: the runs that a spec with several seeds or folds stands for, each a program of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import overload

from netspec.catalogue.splitters import Division
from netspec.immutable import immutable
from netspec.program.program import Program

NAME = re.compile(r"(?:seed-(\d{1,19}))?-?(?:fold-(\d{1,9}))?")


@immutable
class Part:
    """One of the runs: its seed, and the fold that it validates on, None where there are no folds.

    `marks` are the words that tell it from the others.
    """

    seed: int
    fold: int | None
    marks: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of its folder: `seed-1`, `fold-2`, `seed-1-fold-2`."""
        return "-".join(self.marks)

    def of(self, program: Program) -> Program:
        """The program of this run alone."""
        train = program.train.model_copy(update={"seed": self.seed, "seeds": 1})
        data, division = program.data, program.data.validation
        if self.fold is not None and isinstance(division, Division):
            data = data.model_copy(update={"validation": division.only(self.fold)})
        # assertions are on the means of all runs
        return replace(program.with_sections(data, train), assertions=())

    def __str__(self) -> str:
        return ", ".join(mark.replace("-", " ") for mark in self.marks)


class Parts(Sequence[Part]):
    """The runs of a spec, each made when it is asked for: every fold of the first seed before those of the next."""

    def __init__(self, first: int, seeds: int, folds: int) -> None:
        """`seeds` from the `first` on, each with so many `folds`, 0 for none."""
        self.first, self.seeds, self.folds = first, seeds, folds

    def __len__(self) -> int:
        count = self.seeds * max(self.folds, 1)
        return 0 if count == 1 else count

    @overload
    def __getitem__(self, index: int) -> Part: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Part, ...]: ...
    def __getitem__(self, index: int | slice) -> Part | tuple[Part, ...]:
        found = range(len(self))[index]
        return self._part(found) if isinstance(found, int) else tuple(map(self._part, found))

    def named(self, name: str) -> Part | None:
        """The part whose folder has that name."""
        found = NAME.fullmatch(name)
        if not found or not self:
            return None
        seed, fold = int(found[1] or self.first), int(found[2] or 1)
        if not (self.first <= seed < self.first + self.seeds and 1 <= fold <= max(self.folds, 1)):
            return None
        part = self._part((seed - self.first) * max(self.folds, 1) + fold - 1)
        return part if part.name == name else None

    def _part(self, index: int) -> Part:
        place, fold = divmod(index, max(self.folds, 1))
        seed, marks = self.first + place, list[str]()
        if self.seeds > 1:
            marks.append(f"seed-{seed}")
        if self.folds:
            marks.append(f"fold-{fold + 1}")
        return Part(seed, fold + 1 if self.folds else None, tuple(marks))


def parts_of(program: Program) -> Parts:
    """The runs that a program stands for; none if it is one."""
    train, division = program.train, program.data.validation
    folds = division.parts if isinstance(division, Division) and division.part is None else 0
    return Parts(train.seed, train.seeds, folds)
