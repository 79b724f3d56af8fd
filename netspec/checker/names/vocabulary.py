"""Vocabulary of other libraries, and the name that a misspelt one most likely stands for."""

from __future__ import annotations

from collections.abc import Iterable

from netspec.diagnostics import did_you_mean

SYNONYMS = {
    # arguments
    "learning_rate": "lr",
    "units": "out_features",
    "filters": "out_channels",
    "kernel": "kernel_size",
    "strides": "stride",
    "pool_size": "kernel_size",
    "rate": "p",
    "epsilon": "eps",
    "use_bias": "bias",
    "n_splits": "folds",
    # choices
    "gpu": "cuda",
    # operations
    "dense": "linear",
    "fc": "linear",
    "bn": "batch_norm",
    "bce": "binary_cross_entropy_with_logits",
    "categorical_crossentropy": "cross_entropy",
    "sparse_categorical_crossentropy": "cross_entropy",
    "mae": "l1",
    "mean_absolute_error": "l1",
    "mean_squared_error": "mse",
    # sections
    "network": "model",
    "net": "model",
    "layers": "model",
    "dataset": "data",
    "training": "train",
}

FIRST_VALUES = 'first values are said in `train`: init = [init("fc1:weight", kaiming_normal)]'
DRAWN = "samples are always drawn by `train.seed`"
REPEATED = "in `train`, `seeds = 3` divides anew for each of three seeds"
SAID_ELSEWHERE = {
    "layer": {
        "activation": "it is a step of its own: -> relu",
        "init": FIRST_VALUES,
        "kernel_initializer": FIRST_VALUES,
        "name": "a label is written in front: fc1: linear(10)",
    },
    "division": {
        "n_repeats": REPEATED,
        "random_state": DRAWN,
        "repeats": REPEATED,
        "seed": DRAWN,
        "shuffle": DRAWN,
        "stratified": "folds are drawn evenly from each class",
    },
}
"""What some libraries take as an argument of an entry of a kind and a spec says in another place, and where."""


def meant(name: str, known: Iterable[str]) -> str | None:
    """The known name that a misspelt one, or another library's one, most likely stands for."""
    known = tuple(known)
    others = {other: own for other, own in SYNONYMS.items() if own in known}
    nearest = did_you_mean(name, (*known, *others))
    return others.get(nearest, nearest) if nearest else None
