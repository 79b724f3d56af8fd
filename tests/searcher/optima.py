"""How near the known optimum of a function each search method comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from netspec.catalogue.domain import Domain
from tests.searcher.toy import MIXED, NUMBERS, best, method, one, simulated, terms


@dataclass(frozen=True)
class Optimum:
    """How near the optimum a method comes with most seeds."""

    params: dict[str, Domain]
    trials: int
    tolerance: float
    settings: dict[str, Any] = field(default_factory=dict)


OPTIMA = {
    "grid": Optimum({"width": MIXED["width"], "kind": MIXED["kind"]}, 27, 1e-9),
    "random": Optimum(MIXED, 200, 1.0),
    "tpe": Optimum(MIXED, 80, 0.25),
    "gp": Optimum(NUMBERS, 12, 0.1, {"startup_trials": 6}),
    "cmaes": Optimum(NUMBERS, 120, 0.01),
    "nsga2": Optimum(MIXED, 200, 0.3, {"population": 20}),
}
RELIABLE = 8
"""Of ten seeds, how many come so near: TPE of Optuna itself stays at the second-best category with one in six."""


def costs_found(name: str, seeds: Sequence[int]) -> list[float]:
    """The best cost that a method finds with each seed; at the optimum it is 0."""
    known = OPTIMA[name]
    searched = method(name, **({"trials": known.trials, **known.settings} if name != "grid" else {}))
    return [best(simulated(terms(searched, known.params, seed=seed), known.trials, one)) for seed in seeds]
