"""Settings at random."""

from __future__ import annotations

from math import exp, floor, log, nextafter
from typing import TYPE_CHECKING, Any, ClassVar

from netspec.catalogue.domain import Domain
from netspec.catalogue.entry import Example
from netspec.catalogue.search_methods import Sampler, SearchMethod, Trials, seed_of

if TYPE_CHECKING:
    import numpy as np


class Random(SearchMethod):
    """Draw every param at random from its domain, each setting by itself.

    It is hard to beat with few trials of many params, and any number of trials can run at once. It draws the numbers
    that Optuna's `RandomSampler` draws.
    """

    examples: ClassVar = (Example("random(trials=40)"),)

    trials: Trials

    def planned(self, settings: int | None) -> int:
        return self.trials

    def at_random(self) -> int:
        return self.trials

    def sampler(self, objectives: int, seed: int) -> Sampler:
        return _Dice(seed)


class _Dice(Sampler):
    def __init__(self, seed: int) -> None:
        self._seed = seed

    def begin(self, number: int) -> bool:
        import numpy as np

        self._numbers = np.random.RandomState(seed_of(self._seed, number))
        return True

    def draw(self, name: str, domain: Domain) -> Any:
        if domain.size == 1:
            return domain[0]
        if domain.choices:
            return domain.choices[int(self._numbers.uniform(0, 1, len(domain.choices)).argmax())]
        return _number(domain, self._numbers)


def _number(domain: Domain, numbers: np.random.RandomState) -> int | float:
    if domain.scale == "whole":
        low, high = domain.bounds
        found = floor(numbers.uniform(low - 0.5, high + 0.5) - low + 0.5) + low
        return min(max(found, low), high)
    below = nextafter(domain.high, domain.high - 1)
    if domain.scale == "uniform":
        return min(float(numbers.uniform(domain.low, domain.high)), below)
    return min(max(exp(numbers.uniform(log(domain.low), log(domain.high))), domain.low), below)
