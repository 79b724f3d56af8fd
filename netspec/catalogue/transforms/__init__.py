"""Transforms: what is done to every sample once, of every split."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Entry
from netspec.catalogue.fields import FieldType
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor

Statistics = Mapping[str, list[float]]
"""What a transform measured on the training split, by name."""


class Transform(Entry):
    """A deterministic change of the inputs, the same for training, validation and test.

    What it has to know of the data it measures on the training split alone.
    """

    kind: ClassVar[str] = "transform"

    field: ClassVar[type[FieldType]]
    """The kind of field that it changes: of several inputs those of that kind."""
    fills: ClassVar[bool] = False
    """Whether it puts numbers where values are missing, which are NaN."""

    @property
    def needs_fit(self) -> bool:
        """Whether it has anything to measure."""
        return type(self).fit is not Transform.fit

    def infer(self, x: Shape) -> Shape:
        """The shape that comes out; raises Misfit where the input doesn't fit."""
        return x

    def fit(self, portions: Iterable[Tensor]) -> Statistics:
        """What it needs to know of the training split's inputs, floats that come some samples [n, …] at a time."""
        return {}

    def apply(self, inputs: Tensor, fitted: Statistics) -> Tensor:
        """The changed inputs [N, …]; works on any number of samples."""
        raise NotImplementedError

    def undo(self, inputs: Tensor, fitted: Statistics) -> Tensor:
        """Changed inputs with their numbers as they were before, for whoever looks at them; a transform that can't be
        undone leaves them as they are."""
        return inputs
