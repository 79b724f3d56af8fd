"""Settings like those that were good."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.search_methods import Sampler, SearchMethod, Trials
from netspec.catalogue.values import PositiveInt


class TPE(SearchMethod):
    """The tree-structured Parzen estimator: draw what is likely among good trials and unlikely among the others.

    It takes all kinds of params, those that only some of the trials read, and several objectives. It is Optuna's
    `TPESampler` over all params together, and in a round of several trials stays away from those that still run.
    """

    examples: ClassVar = (Example("tpe(trials=40)"),)
    aliases: ClassVar = ("bayesian",)
    packages: ClassVar = ("optuna",)

    trials: Trials
    startup_trials: Annotated[PositiveInt, Field(description="how many trials are drawn at random first")] = 10

    def planned(self, settings: int | None) -> int:
        return self.trials

    def at_random(self) -> int:
        return self.startup_trials

    def sampler(self, objectives: int, seed: int) -> Sampler:
        from optuna.samplers import TPESampler

        from netspec.catalogue.search_methods._optuna import OptunaSampler

        def make(seed: int) -> TPESampler:
            return TPESampler(
                seed=seed, n_startup_trials=self.startup_trials, multivariate=True, group=True, constant_liar=True
            )

        return OptunaSampler(make, objectives, seed, keeps_state=False)
