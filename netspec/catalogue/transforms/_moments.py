"""Mean and standard deviation of numbers that come in portions, in one pass that keeps none of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from netspec.catalogue.transforms import Fitted

if TYPE_CHECKING:
    from torch import Tensor


class Moments(Fitted):
    """The mean and the standard deviation of each row."""

    mean: list[float]
    std: list[float]


MEASURED = f"{__name__}.measured"
"""The function that scripts have a copy of."""


def moments(portions: Iterable[Tensor]) -> Moments:
    """The `mean` and `std` of each row, of which each portion [rows, …] has some numbers more."""
    mean, std = measured(portions)
    return Moments(mean=mean, std=std)


def measured(portions: Iterable[Tensor]) -> tuple[list[float], list[float]]:
    """The mean and the standard deviation of each row, of which each portion [rows, …] has some numbers more.

    In 64 bits, each portion by itself and then together with those before: T. Chan, G. Golub, R. LeVeque, "Updating
    formulae and a pairwise algorithm for computing sample variances" (1979).
    """
    import torch

    count, start = 0, torch.empty(0)
    mean = squares = torch.zeros((), dtype=torch.float64)
    for portion in portions:
        values = portion.double()
        # from the first value of each row: large numbers lose no digits, and one that never changes has no deviation
        start = start if count else values[:, :1].clone()
        values = values - start
        number, own = values.shape[1], values.mean(1)
        away = own - mean
        count += number
        within, between = (values - own[:, None]).square_().sum(1), number * (count - number) / count
        squares = squares + within + away.square() * between
        mean = mean + away * (number / count)
    return (start[:, 0] + mean).tolist(), (squares / count).sqrt().tolist()
