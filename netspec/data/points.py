"""Samples that are points in a plane, each of a class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from netspec.catalogue.types import DataType

MOST = 1000
"""The largest number of points that are drawn; more hide each other."""


@dataclass(frozen=True)
class Points:
    """Points [N, 2] in the units of the data, with the numbers of their classes [N]. `axes` and `labels` are the names
    of the two columns and of the classes."""

    axes: tuple[str, str]
    labels: tuple[str, ...]
    values: np.ndarray
    targets: np.ndarray

    @classmethod
    def of(cls, type: DataType, values: np.ndarray, targets: np.ndarray) -> Self | None:
        """The samples with a single input that are points with a class; None if they are anything else, or none of
        them has two finite numbers."""
        axes = axes_of(type)
        finite = np.isfinite(values).all(1) if axes else np.zeros(len(values), bool)
        return cls(axes, type.target.labels, values[finite], targets[finite]) if axes and finite.any() else None


def axes_of(type: DataType) -> tuple[str, str] | None:
    """The names of the two columns, if samples are points in a plane with one class each."""
    field, *others = type.fields
    return field.type.axes if not others and type.target.labels and not type.target.on_pixels else None
