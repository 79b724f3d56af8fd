"""How many samples each split has, for the check, the plan and the run alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netspec.catalogue.sections.data import Data
from netspec.catalogue.values import Quantity
from netspec.shapes import Misfit


@dataclass(frozen=True, slots=True)
class Splits:
    """Numbers of samples."""

    train: int
    validation: int
    test: int


def split_sizes(data: Data, train: int, test: int) -> Splits:
    """The sizes of the splits of a source with `train` samples, and `test` more in a test split of its own.

    A test split that the source lacks is taken first, validation from what is left. Where `misfits` has something to
    say, a size may be below 1.
    """
    taken = 0 if test else _count(data.test, train)
    rest = train - taken
    validation = _count(data.validation, rest)
    return Splits(rest - validation, validation, test or taken)


def misfits(data: Data, train: int, test: int) -> Iterator[Misfit]:
    """Why samples can't be divided so: each split that is asked for, and training, needs one at least."""
    sizes = split_sizes(data, train, test)
    rest = sizes.train + sizes.validation
    if data.test is not None and not test:
        yield from _misfits("test", data.test, sizes.test, train)
    if data.validation is not None and rest > 0:
        yield from _misfits("validation", data.validation, sizes.validation, rest)


def _count(setting: Quantity | int | None, total: int) -> int:
    """How many of `total` samples a share or a number of them is."""
    if setting is None:
        return 0
    return setting if isinstance(setting, int) else round(total * setting.share)


def _misfits(key: str, setting: Quantity | int, size: int, total: int) -> Iterator[Misfit]:
    """What is wrong with taking a split of that size out of `total` samples."""
    written = f"{key} = {setting:_}" if isinstance(setting, int) else f"{key} = {setting}"
    samples = f"{total:_} sample{'s' * (total != 1)}"
    if size < 1:
        yield Misfit(f"`{written}` of {samples} is none", argument=key, help=f"`{key} = 1` takes one sample")
    elif size >= total:
        yield Misfit(f"`{written}` leaves none of {samples} to train on", argument=key)
