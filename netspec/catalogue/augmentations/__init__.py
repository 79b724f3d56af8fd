"""Augmentations: what is done to the training samples anew in each epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Entry
from netspec.catalogue.fields import FieldType
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


class Augmentation(Entry):
    """A random change of a training sample.

    It is drawn for all samples of an epoch at once, so that what happens to a sample depends on the seed, the
    epoch and the sample's place in the data, and on nothing that was drawn before.
    """

    kind: ClassVar[str] = "augmentation"

    field: ClassVar[type[FieldType]]
    """The kind of field that it changes: of several inputs those of that kind."""

    @property
    def mirrors(self) -> bool:
        """Whether it may show a thing the wrong way round: mirrored, or upside down."""
        return False

    def infer(self, x: Shape) -> Shape:
        """The shape that comes out; raises Misfit where the input doesn't fit."""
        return x

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        """The random numbers of an epoch, one row for each of `count` samples."""
        raise NotImplementedError

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        """The changed batch [B, …]; `drawn` holds the rows of its samples."""
        raise NotImplementedError
