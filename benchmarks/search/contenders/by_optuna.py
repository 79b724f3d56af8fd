"""A search with Optuna, as its documentation shows it, of a training that is a function of the searched values."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import optuna

from benchmarks.search.contenders.task import Task


def search(task: Task, train: Callable[[Mapping[str, float]], float]) -> float:
    """The best of what `train` gives for the values of so many trials; the sampler is that of the spec, with nothing
    that prunes."""
    if task.trials == 1:
        return train(task.work.defaults)

    def objective(trial: optuna.Trial) -> float:
        numbers = task.work.numbers.items()
        return train({name: trial.suggest_float(name, low, high, log=log) for name, (_, low, high, log) in numbers})

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=task.seed, multivariate=True, group=True, constant_liar=True)
    study = optuna.create_study(direction="maximize", sampler=sampler, pruner=optuna.pruners.NopPruner())
    study.optimize(objective, n_trials=task.trials)
    return study.best_value
