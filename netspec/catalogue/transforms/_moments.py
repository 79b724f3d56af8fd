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


def moments(portions: Iterable[Tensor]) -> Moments:
    """The `mean` and `std` of each row, of which each portion [rows, …] has some numbers more.

    In 64 bits, each portion by itself and then together with those before: T. Chan, G. Golub, R. LeVeque, "Updating
    formulae and a pairwise algorithm for computing sample variances" (1979).
    """
    import torch

    count, start = 0, None
    mean = squares = torch.zeros((), dtype=torch.float64)
    for portion in portions:
        values = portion.double()
        # from the first value of each row, so that one that never changes has a deviation of exactly 0, and large
        # numbers lose no digits
        start = values[:, :1].clone() if start is None else start
        values = values - start
        number, own = values.shape[1], values.mean(1)
        away = own - mean
        count += number
        within, between = (values - own[:, None]).square_().sum(1), number * (count - number) / count
        squares = squares + within + away.square() * between
        mean = mean + away * (number / count)
    assert start is not None, "there are samples"
    return Moments(mean=(start[:, 0] + mean).tolist(), std=(squares / count).sqrt().tolist())
