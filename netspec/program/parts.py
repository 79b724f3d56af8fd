"""Parts: the runs that a spec with several seeds or folds stands for, each a program of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

from netspec.catalogue.splitters import Division
from netspec.program.program import Program


@dataclass(frozen=True, slots=True)
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


def parts_of(program: Program) -> tuple[Part, ...]:
    """The runs that a program stands for, every fold of the first seed before those of the next; none if it is one."""
    first, count, division = program.train.seed, program.train.seeds, program.data.validation
    folds: tuple[int | None, ...] = (None,)
    if isinstance(division, Division) and division.part is None:
        folds = tuple(range(1, division.parts + 1))
    if count == len(folds) == 1:
        return ()
    return tuple(
        Part(seed, fold, tuple([f"seed-{seed}"] * (count > 1) + [f"fold-{fold}"] * (fold is not None)))
        for seed in range(first, first + count)
        for fold in folds
    )
