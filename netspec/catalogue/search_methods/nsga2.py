"""Settings that descend from the best of the generation before."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.search_methods import Sampler, SearchMethod, Trials


class NSGA2(SearchMethod):
    """NSGA-II, the evolutionary algorithm for several objectives: cross and mutate the best settings.

    The best are those that no other one beats in all objectives, first of them those with few others near. The first
    generation is drawn at random. It is Optuna's `NSGAIISampler`.
    """

    examples: ClassVar = (Example("nsga2(trials=200, population=20)"),)
    packages: ClassVar = ("optuna",)
    conditions: ClassVar = False

    trials: Trials
    population: Annotated[int, Field(ge=2, le=10_000, description="how many trials there are in a generation")] = 50

    def planned(self, settings: int | None) -> int:
        return self.trials

    def at_random(self) -> int:
        return self.population

    def sampler(self, objectives: int, seed: int) -> Sampler:
        from optuna.samplers import NSGAIISampler

        from netspec.catalogue.search_methods._optuna import OptunaSampler

        def make(seed: int) -> NSGAIISampler:
            return NSGAIISampler(seed=seed, population_size=self.population)

        return OptunaSampler(make, objectives, seed, keeps_state=True)
