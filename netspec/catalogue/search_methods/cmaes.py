"""Settings from a normal distribution that moves towards the good ones."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.search_methods import Sampler, SearchMethod, Trials


class CMAES(SearchMethod):
    """CMA-ES, the evolution strategy with covariance matrix adaptation: draw from a normal distribution that moves.

    It moves and stretches towards the best of each generation. It is for two or more numbers and for hundreds of
    trials. The first trial is drawn at random. It is Optuna's `CmaEsSampler`.
    """

    examples: ClassVar = (Example("cmaes(trials=200)"),)
    packages: ClassVar = ("optuna", "cmaes")
    categories: ClassVar = False
    conditions: ClassVar = False
    several_objectives: ClassVar = False
    least_params: ClassVar = 2

    trials: Trials
    population: Annotated[
        Annotated[int, Field(ge=4, le=10_000)] | None,
        Field(description="how many trials there are in a generation; by default 4 + 3 ln(number of params)"),
    ] = None

    def planned(self, settings: int | None) -> int:
        return self.trials

    def at_random(self) -> int:
        return 1

    def sampler(self, objectives: int, seed: int) -> Sampler:
        from optuna.samplers import CmaEsSampler

        from netspec.catalogue.search_methods._optuna import OptunaSampler

        def make(seed: int) -> CmaEsSampler:
            return CmaEsSampler(seed=seed, popsize=self.population, warn_independent_sampling=False)

        return OptunaSampler(make, objectives, seed, keeps_state=True)
