"""How much of an objective's variance each param of a study explains, and how certain that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np

from netspec.catalogue.domain import Domain
from netspec.immutable import immutable
from netspec.searcher.history import History
from netspec.searcher.trials import Trial

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

LEAST = 10
"""Fewer trials say nothing."""
MOST = 300
"""More trials say hardly more: of those, evenly chosen ones are looked at."""
SAMPLES = 100
"""How many bootstrap samples of the trials there are, with a tree for each."""
SHUFFLED, TREES = 19, 5
"""How many times a param's values are shuffled, with so many trees each: who does better than all of them does so by
chance in one of twenty cases."""
INTERVAL = (2.5, 97.5)
"""The percentiles of the samples that the interval has as its ends."""
LEAVES = 50
"""How many leaves a tree of many trials has at most."""
ROUNDED = 0.005
"""What is no more than that is 0 % as it is written."""


@immutable
class Importance:
    """The share of an objective's variance that one param explains by itself, from 0 to 1, with its 95 % interval;
    from so many `trials`, which are those that have the param. `is_shown` says whether it is more than what the same
    values explain in an order that was drawn at random, and the interval doesn't begin at 0 %."""

    name: str
    share: float
    low: float
    high: float
    trials: int
    is_shown: bool


def importances(history: History, objective: int = 0) -> list[Importance]:
    """The params that enough trials have, the most important one first; none where too few trials went to their end, or
    all of them came to the same value.

    The share is that of functional ANOVA (Hutter, Hoos and Leyton-Brown, An efficient approach for assessing
    hyperparameter importance, 2014): regression trees predict the objective over the whole space, and the share is the
    variance of the prediction as a function of the param, averaged over all others, of its variance over the space.
    What several params do only together belongs to none of them, so that the shares may add up to less than 1. There is
    a tree for each of many samples of the trials, drawn with replacement: the share is the mean of theirs, and the
    interval (the percentiles of the bootstrap) is wider rather than narrower than that of the mean. A param that only
    some trials have is looked at among those. The same trials give the same numbers.
    """
    trials = [trial for trial in history.trials if trial.outcome is not None and trial.outcome.values is not None]
    groups: dict[tuple[int, ...], list[str]] = {}
    for name in history.terms.params:
        groups.setdefault(tuple(trial.number for trial in trials if name in trial.params), []).append(name)
    found: list[Importance] = []
    for numbers, names in groups.items():
        found += _of_group(history, _thinned([history.trials[number - 1] for number in numbers]), names, objective)
    return sorted(found, key=lambda one: (-one.share, one.name))


def _of_group(history: History, trials: Sequence[Trial], names: Sequence[str], objective: int) -> Iterator[Importance]:
    """The importances of the params that these trials have, and no other."""
    domains = {name: it for name, it in history.terms.params.items() if all(name in one.params for one in trials)}
    values = np.array([trial.outcome.values[objective] for trial in trials if trial.outcome and trial.outcome.values])
    count = len(values)
    if count < LEAST or values.min() == values.max():
        return
    values = values / np.abs(values).max()  # squares of large numbers are none
    settings = np.array([[_place(domain, trial.params[name]) for name, domain in domains.items()] for trial in trials])
    chance = np.random.default_rng(0)
    samples = (chance.integers(0, count, count) for _ in range(SAMPLES))
    found = [_explained(settings[sample], values[sample], range(len(domains))) for sample in samples]
    explained, wholes = np.array([each for each, _ in found]), np.array([whole for _, whole in found])
    shares = explained / np.where(wholes > 0, wholes, 1)[:, None]
    for name in names:
        column = list(domains).index(name)
        low, high = map(float, np.percentile(shares[:, column], INTERVAL))
        real = float(explained[:, column].mean())
        shown = low > ROUNDED and all(real > other for other in _by_chance(settings, values, column))
        yield Importance(name, float(shares[:, column].mean()), low, high, count, shown)


def _by_chance(settings: Numbers, values: Numbers, column: int) -> Iterator[float]:
    """What a param explains whose values are shuffled among the trials."""
    count, chance = len(values), np.random.default_rng(1)
    for _ in range(SHUFFLED):
        shuffled = settings.copy()
        shuffled[:, column] = chance.permutation(settings[:, column])
        samples = (chance.integers(0, count, count) for _ in range(TREES))
        yield float(np.mean([_explained(shuffled[sample], values[sample], [column])[0] for sample in samples]))


def _explained(settings: Numbers, values: Numbers, columns: Sequence[int]) -> tuple[Numbers, float]:
    """What each of these params explains of the variance of a regression tree over the space, the unit cube; and that
    variance."""
    leaves = list(_leaves(settings, values))
    low, high = (np.array([leaf[end] for leaf in leaves]) for end in (0, 1))
    predicted = np.array([mean for *_, mean in leaves])
    widths = high - low
    volumes = widths.prod(axis=1)
    widths[widths == 0] = 1  # two values so close that nothing is between them
    away = predicted - volumes @ predicted
    explained = [_marginal(low[:, p], high[:, p], volumes * away / widths[:, p]) for p in columns]
    return np.array(explained), float(volumes @ away**2)


def _leaves(settings: Numbers, values: Numbers) -> Iterator[tuple[Numbers, Numbers, float]]:
    """The leaves of a regression tree, each with the corners of its box and the mean of its values."""
    params, least = settings.shape[1], 1 + len(values) // LEAVES
    boxes = [(np.arange(len(values)), np.zeros(params), np.ones(params))]
    while boxes:
        rows, low, high = boxes.pop()
        split = _split(settings[rows], values[rows], least)
        if split is None:
            yield low, high, float(values[rows].mean())
            continue
        param, threshold = split
        below = settings[rows, param] <= threshold
        middle = np.arange(params) == param
        boxes.append((rows[below], low, np.where(middle, threshold, high)))
        boxes.append((rows[~below], np.where(middle, threshold, low), high))


def _split(settings: Numbers, values: Numbers, least: int) -> tuple[int, float] | None:
    """The param and the threshold that make the squares of the errors the smallest, with so many values on each side at
    least; None if there is none."""
    count = len(values)
    if count < 2 * least or values.min() == values.max():
        return None
    order = settings.argsort(axis=0, kind="stable")
    across = np.take_along_axis(settings, order, axis=0)
    sums = (values - values.mean())[order].cumsum(axis=0)[:-1]
    left = np.arange(1.0, count)[:, None]
    gains = sums**2 * (1 / left + 1 / (count - left))
    gains[across[1:] <= across[:-1]] = -1
    gains[: least - 1] = gains[count - least :] = -1
    row, param = divmod(int(gains.argmax()), settings.shape[1])
    if gains[row, param] < 0:
        return None
    return param, float((across[row, param] + across[row + 1, param]) / 2)


def _marginal(low: Numbers, high: Numbers, weights: Numbers) -> float:
    """The variance of a sum of boxes of such weights as a function of one param: each counts from `low` to `high`."""
    edges = np.concatenate([low, high])
    order = np.argsort(edges, kind="stable")
    steps = np.concatenate([weights, -weights])[order]
    return float(np.diff(edges[order]) @ np.cumsum(steps)[:-1] ** 2)


def _thinned(trials: Sequence[Trial]) -> list[Trial]:
    if len(trials) <= MOST:
        return list(trials)
    return [trials[index * len(trials) // MOST] for index in range(MOST)]


def _place(domain: Domain, value: Any) -> float:
    """Where a value is in its domain, from 0 to 1, as evenly spread as its values are drawn."""
    if domain.size is not None:
        return (domain.index(value) + 0.5) / domain.size
    if domain.scale == "log":
        return log(value / domain.low) / log(domain.high / domain.low)
    return (value - domain.low) / (domain.high - domain.low)
