"""Augmentations: random changes of the training samples, new in each epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Entry
from netspec.catalogue.fields import FieldType
from netspec.catalogue.python import Python
from netspec.catalogue.targets import Target
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

    moves_pixels: ClassVar[bool] = False
    """Whether it moves pixels, so that what lies pixel by pixel on an image has to be moved with it."""

    @property
    def mirrors(self) -> bool:
        """Whether it may show a thing the wrong way round: mirrored, or upside down."""
        return False

    def infer(self, x: Shape) -> Shape:
        """The shape that comes out; raises MisfitError where the input doesn't fit."""
        return x

    def fits(self, target: Target) -> None:
        """Raises MisfitError where it can't go with such targets."""

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        """The random numbers of an epoch, one row for each of `count` samples."""
        raise NotImplementedError

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        """The changed batch [B, …]; `drawn` holds the rows of its samples."""
        raise NotImplementedError

    def move(self, values: Tensor, drawn: Tensor) -> Tensor:
        """Values [B, C, H, W] that lie pixel by pixel on inputs, moved as these are by the same rows of `drawn`, each
        as it is and none computed from several; 0 where nothing was. For augmentations that move pixels."""
        fields = type(self).model_fields
        plain = {"interpolation": "nearest", "fill": 0.0, "padding_mode": "constant"}
        return self.model_copy(update={name: plain[name] for name in plain if name in fields}).apply(values, drawn)

    def python(self, x: Shape) -> Python | None:
        """The changed batch as an expression of `x` and `drawn`; before it `drawn`, of `count` samples, by the
        generator `rng`. None if a script has no code for it."""
        return None
