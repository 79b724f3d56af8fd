"""How many samples each split has, for the check, the plan and the run alike."""

from __future__ import annotations

from collections.abc import Iterator

from netspec.catalogue.sections.data import Data
from netspec.catalogue.splitters import Division
from netspec.catalogue.values import Quantity
from netspec.immutable import immutable
from netspec.program.written import written
from netspec.shapes import MisfitError


@immutable
class Splits:
    """Numbers of samples."""

    train: int
    validation: int
    test: int


def split_sizes(data: Data, train: int, test: int, validation: int = 0) -> Splits:
    """The sizes of the splits of a source with `train` samples, and with more in splits of its own to test and to
    validate on.

    The sample is drawn first, then a test split that the source lacks is taken, validation from what is left. Where
    `split_conflicts` finds something, a size may be below 1. Of folds they are the sizes of one fold's run.
    """
    drawn = sample_size(data, train)
    taken = 0 if test else _count(data.test, drawn)
    rest = drawn - taken
    apart = 0 if validation else _count(data.validation, rest)
    return Splits(rest - apart, validation or apart, test or taken)


def sample_size(data: Data, train: int) -> int:
    """How many of the training samples are used."""
    return train if data.sample is None else _count(data.sample, train)


def split_conflicts(data: Data, train: int, test: int, validation: int = 0) -> Iterator[MisfitError]:
    """Why samples can't be divided so: each split that is asked for, and training, needs one at least."""
    drawn = sample_size(data, train)
    if data.sample is not None and not 1 <= drawn <= train:
        reason = "is none" if drawn < 1 else "is more than there are"
        yield MisfitError(f"`{_written('sample', data.sample)}` of {_samples(train)} {reason}", argument="sample")
        return
    sizes = split_sizes(data, train, test, validation)
    if data.test is not None and not test:
        yield from _split_conflicts("test", data.test, sizes.test, drawn)
    rest = drawn if test else drawn - sizes.test
    if data.validation is not None and not validation and rest > 0:
        yield from _split_conflicts("validation", data.validation, sizes.validation, rest)


def _count(setting: Quantity | int | Division | None, total: int) -> int:
    """How many of `total` samples a share, a number or a part of them is."""
    match setting:
        case None:
            return 0
        case int():
            return setting
        case Division():
            return setting.size(total)
        case Quantity():
            return round(total * setting.share)


def _split_conflicts(key: str, setting: Quantity | int | Division, size: int, total: int) -> Iterator[MisfitError]:
    """What is wrong with taking a split of that size out of `total` samples."""
    asked, samples = _written(key, setting), _samples(total)
    if isinstance(setting, Division) and setting.parts > total:
        yield MisfitError(f"`{asked}` of {samples} leaves folds without any", argument=key)
    elif size < 1:
        yield MisfitError(f"`{asked}` of {samples} is none", argument=key, help=f"`{key} = 1` takes one sample")
    elif size >= total:
        yield MisfitError(f"`{asked}` leaves none of {samples} to train on", argument=key)


def _written(key: str, setting: Quantity | int | Division) -> str:
    return f"{key} = {setting:_}" if isinstance(setting, int) else f"{key} = {written(setting)}"


def _samples(count: int) -> str:
    return f"{count:_} sample{'s' * (count != 1)}"
