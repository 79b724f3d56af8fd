"""Samplers of Optuna, which are asked for values and told results in memory: nothing of a study is stored by them."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from netspec.catalogue.domain import Domain
from netspec.catalogue.search_methods import Draw, Result, Sampler, seed_of

if TYPE_CHECKING:
    import optuna


class OptunaSampler(Sampler):
    """A study of Optuna in memory. Each trial has a sampler of its own, so that what it draws follows from the seed,
    its number and the trials before."""

    def __init__(
        self, make: Callable[[int], optuna.samplers.BaseSampler], objectives: int, seed: int, *, keeps_state: bool
    ) -> None:
        """`make` makes a sampler from a seed; `keeps_state` says that it writes down in each trial what the next ones
        need, and so has to be asked again where a trial is repeated."""
        with _quietly():
            import optuna
            from optuna.study import StudyDirection

            self._make, self._seed, self._keeps_state = make, seed, keeps_state
            self._study = optuna.create_study(directions=[StudyDirection.MINIMIZE] * objectives)
        self._any = optuna.samplers.RandomSampler(seed=0)
        self._trials: dict[int, optuna.Trial] = {}
        """The trials that nothing was told of."""

    def begin(self, number: int) -> bool:
        with _quietly():
            self._study.sampler = self._make(seed_of(self._seed, number))
            self._ask(number)
        return True

    def draw(self, name: str, domain: Domain) -> Any:
        with _quietly():
            return self._suggest(self._last, name, domain)

    def repeat(self, number: int, draws: Sequence[Draw]) -> None:
        with _quietly():
            seed = seed_of(self._seed, number)
            self._study.sampler = self._make(seed) if self._keeps_state else self._any
            self._study.enqueue_trial({draw.name: _written(draw) for draw in draws})
            self._ask(number)
            if self._keeps_state:
                _ = self._last.relative_params  # the sampler isn't asked before, and never for values that are fixed
            for draw in draws:
                self._suggest(self._last, draw.name, draw.domain)

    def tell(self, number: int, result: Result) -> None:
        from optuna.trial import TrialState

        trial = self._trials.pop(number)
        with _quietly():
            if result.costs is not None:
                self._study.tell(trial, list(result.costs))
                return
            for epoch, cost in result.course.items():
                trial.report(cost, epoch)
            self._study.tell(trial, state=TrialState.PRUNED if result.course else TrialState.FAIL)

    def _ask(self, number: int) -> None:
        self._last = self._trials[number] = self._study.ask()
        assert self._last.number == number - 1, "trials are asked for in the order of their numbers"

    @staticmethod
    def _suggest(trial: optuna.Trial, name: str, domain: Domain) -> Any:
        if domain.choices:
            # by their indices, since categories of Optuna can't be any values
            return domain.choices[trial.suggest_categorical(name, list(range(len(domain.choices))))]
        if domain.scale == "whole":
            return trial.suggest_int(name, *domain.bounds)
        return trial.suggest_float(name, domain.low, domain.high, log=domain.scale == "log")


def _written(draw: Draw) -> Any:
    """A value as Optuna has it."""
    return draw.domain.index(draw.value) if draw.domain.choices else draw.value


@contextmanager
def _quietly() -> Generator[None]:
    """Without warnings of what is experimental, and without the log of a study that nobody sees."""
    logger = logging.getLogger("optuna")
    level = logger.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import optuna  # sets the level of its log

        logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            logger.setLevel(level or optuna.logging.INFO)
