"""Search methods: which settings of a spec's params a study tries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from importlib.util import find_spec
from typing import Annotated, Any, ClassVar

from pydantic import Field

from netspec.catalogue.domain import Domain
from netspec.catalogue.entry import Entry
from netspec.immutable import immutable

MOST_TRIALS = 100_000
"""How many trials a study may have: its journal is read whole."""

Trials = Annotated[int, Field(gt=0, le=MOST_TRIALS, description="how many trials there are, over all resumes")]


@immutable
class Result:
    """What became of a trial, as its method is told.

    `costs` are the values of the objectives, each such that smaller is better; None if the trial failed or was stopped.
    `course` is the cost after each epoch, of which a trial that was stopped has some and a failed one none.
    """

    costs: tuple[float, ...] | None = None
    course: Mapping[int, float] = field(default_factory=dict[int, float])


@immutable
class Draw:
    """A param with the value that was drawn for it."""

    name: str
    domain: Domain
    value: Any


class Sampler:
    """What proposes the settings of one study, trial by trial; it draws one value after another, so that which param is
    drawn next may depend on the values before it.

    It is called for the trials in the order of their numbers, from 1 on: for each of a round `begin`, and `draw` for
    each of its params, or `repeat` if it was proposed before, by this process or another one; then `tell` for all
    trials of the round. With the same calls it draws the same values, whichever of the trials were repeated.
    """

    def begin(self, number: int) -> bool:
        """Begin the proposal of a trial. Returns False if there is nothing left to propose."""
        raise NotImplementedError

    def draw(self, name: str, domain: Domain) -> Any:
        """The value of a param in the trial that was begun last."""
        raise NotImplementedError

    def repeat(self, number: int, draws: Sequence[Draw]) -> None:
        """Take a trial with the values that were drawn for it."""

    def tell(self, number: int, result: Result) -> None:
        """Take what became of a trial."""


class SearchMethod(Entry):
    """How the settings that a study tries are chosen: from the domains of the params, and from the trials before.

    It remembers nothing: what it knows of a study is in the sampler that it makes.
    """

    kind: ClassVar[str] = "search method"

    continuous: ClassVar[bool] = True
    """Whether it takes domains of real numbers."""
    categories: ClassVar[bool] = True
    """Whether it takes domains that are lists of values."""
    conditions: ClassVar[bool] = True
    """Whether it learns from params that only some of the trials read; else it would draw those at random."""
    several_objectives: ClassVar[bool] = True
    """Whether it takes more than one objective."""
    least_params: ClassVar[int] = 1
    """How many params there have to be: with fewer it would draw at random."""
    packages: ClassVar[tuple[str, ...]] = ()
    """The packages that it imports and that don't come with netspec."""
    extra: ClassVar[str] = "tune"
    """The extra of netspec that brings the packages."""

    def planned(self, settings: int | None) -> int | None:
        """How many trials there are in a space of so many settings, None for more than can be counted."""
        raise NotImplementedError

    def at_random(self) -> int:
        """How many trials at the beginning are drawn at random, whatever became of those before."""
        return 0

    def sampler(self, objectives: int, seed: int) -> Sampler:
        """A sampler for a study of so many objectives, whose draws follow from the seed, the number of the trial and
        what became of those of the rounds before."""
        raise NotImplementedError

    @classmethod
    def missing(cls) -> tuple[str, ...]:
        """The packages that aren't installed; none is imported to find out."""
        return tuple(package for package in cls.packages if find_spec(package) is None)


def seed_of(seed: int, number: int) -> int:
    """The seed, 0 to 2^32 - 1, of the random numbers that a trial draws."""
    return int.from_bytes(hashlib.sha256(json.dumps([seed, "trial", number]).encode()).digest()[:4], "big")
