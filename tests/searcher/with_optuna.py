"""What Optuna does: its pruners beside search stops on random histories, and domains as it takes them."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from random import Random
from typing import Any

import optuna
from optuna.pruners import BasePruner, HyperbandPruner, MedianPruner, SuccessiveHalvingPruner

from netspec.catalogue.domain import Domain
from netspec.catalogue.search_stops import Course, SearchStop
from netspec.catalogue.values import Quantity
from tests.searcher.toy import stop

EPOCHS = 20


def epochs(number: int) -> Quantity:
    return Quantity(number, "epochs")


PAIRS: dict[str, Callable[[Random], tuple[SearchStop, BasePruner]]] = {
    "median": lambda chance: median(chance.randint(1, 6), chance.randint(1, 8)),
    "halving": lambda chance: halving(chance.randint(1, 5), chance.randint(2, 5)),
    "hyperband": lambda chance: hyperband(chance.randint(1, 5), chance.randint(2, 4)),
}


def median(after: int, startup: int) -> tuple[SearchStop, BasePruner]:
    theirs = MedianPruner(n_startup_trials=startup, n_warmup_steps=after)
    return stop("median", after=epochs(after), startup_trials=startup), theirs


def halving(after: int, factor: int) -> tuple[SearchStop, BasePruner]:
    theirs = SuccessiveHalvingPruner(min_resource=after, reduction_factor=factor)
    return stop("halving", after=epochs(after), factor=factor), theirs


def hyperband(after: int, factor: int) -> tuple[SearchStop, BasePruner]:
    theirs = HyperbandPruner(min_resource=after, max_resource=EPOCHS, reduction_factor=factor)
    return stop("hyperband", after=epochs(after), factor=factor), theirs


def compare(name: str, number: int) -> int:
    """Compare every decision on a random history with that of the pruner; how many trials were stopped."""
    chance = Random(f"{name} {number}")
    mine, theirs = PAIRS[name](chance)
    others: list[Course] = []
    stopped = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = optuna.create_study(study_name="netspec", pruner=theirs)
        for trial_number in range(1, 25):
            trial, course = study.ask(), dict[int, float]()
            level, hopeless = chance.uniform(0, 1), False
            for epoch in range(1, EPOCHS + 1):
                course[epoch] = value_of(level, epoch, chance)
                trial.report(course[epoch], epoch)
                hopeless = trial.should_prune()
                assert mine.is_hopeless(Course(trial_number, course), others, EPOCHS) == hopeless, (epoch, others)
                if hopeless:
                    break
            stopped += hopeless
            finish(study, trial, course, hopeless)
            others.append(Course(trial_number, course, complete=not hopeless))
    return stopped


def value_of(level: float, epoch: int, chance: Random) -> float:
    if chance.random() < 0.02:
        return math.nan
    # rounded, so that some are equal
    return round(level + 1 / epoch + chance.gauss(0, 0.05), 2)


def finish(study: optuna.Study, trial: optuna.Trial, course: dict[int, float], hopeless: bool) -> None:
    if hopeless:
        study.tell(trial, state=optuna.trial.TrialState.PRUNED)
    else:
        numbers = [cost for cost in course.values() if not math.isnan(cost)]
        study.tell(trial, numbers[-1] if numbers else 0.0)


def suggested(trial: optuna.Trial, name: str, domain: Domain) -> Any:
    if domain.choices:
        return trial.suggest_categorical(name, domain.choices)
    if domain.scale == "whole":
        return trial.suggest_int(name, int(domain.low), int(domain.high))
    return trial.suggest_float(name, domain.low, domain.high, log=domain.scale == "log")
