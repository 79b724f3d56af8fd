"""Vocabulary of other libraries, and the name that a misspelt one most likely stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from netspec.diagnostics import did_you_mean

ARGUMENTS = {
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
    "gpu": "cuda",
}
"""Arguments and their choices, which many entries share; what is called otherwise itself has `aliases`."""


def meant(name: str, known: Iterable[str], aliases: Mapping[str, str] | None = None) -> str | None:
    """The known name that a misspelt one, or another library's one, most likely stands for."""
    known = tuple(known)
    others = {other: own for other, own in {**ARGUMENTS, **(aliases or {})}.items() if own in known}
    nearest = did_you_mean(name, (*known, *others))
    return others.get(nearest, nearest) if nearest else None
