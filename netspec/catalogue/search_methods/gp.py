"""Settings that a model of the objective expects to be better."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.search_methods import Sampler, SearchMethod, Trials
from netspec.catalogue.values import PositiveInt


class GP(SearchMethod):
    """Bayesian optimization with a Gaussian process: try where a model expects the largest improvement.

    The model is fitted to all trials before. It needs the fewest trials where params are few and mostly numbers, and
    takes seconds for each from some hundred trials on. It is Optuna's `GPSampler`.
    """

    examples: ClassVar = (Example("gp(trials=30)"),)
    packages: ClassVar = ("optuna",)
    conditions: ClassVar = False

    trials: Trials
    startup_trials: Annotated[PositiveInt, Field(description="how many trials are drawn at random first")] = 10

    def planned(self, settings: int | None) -> int:
        return self.trials

    def at_random(self) -> int:
        return self.startup_trials

    def sampler(self, objectives: int, seed: int) -> Sampler:
        from optuna.samplers import GPSampler

        from netspec.catalogue.search_methods._optuna import OptunaSampler

        def make(seed: int) -> GPSampler:
            return GPSampler(seed=seed, n_startup_trials=self.startup_trials, warn_independent_sampling=False)

        return OptunaSampler(make, objectives, seed, keeps_state=False)
