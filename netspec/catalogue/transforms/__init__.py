"""Transforms: what changes the samples of every split, the same in every epoch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict

from netspec.catalogue.entry import Entry
from netspec.catalogue.fields import FieldType
from netspec.catalogue.image_statistics import KnownStatistics
from netspec.catalogue.python import Python
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


class Fitted(BaseModel):
    """What a transform learned of the training split, as JSON data. One that learns something has a subclass."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Transform(Entry):
    """A deterministic change of the inputs, the same for training, validation and test.

    What it has to know of the data it learns from the training split alone.
    """

    kind: ClassVar[str] = "transform"

    field: ClassVar[type[FieldType]]
    """The kind of field that it changes: of several inputs those of that kind."""
    learns: ClassVar[type[Fitted]] = Fitted
    """What it learns; `apply` and `undo` get one."""
    fills: ClassVar[bool] = False
    """Whether it puts numbers where values are missing, which are NaN."""
    normalizes: ClassVar[bool] = False
    """Whether it brings numbers to a range or to a mean and a standard deviation, so that once is enough."""
    scales_targets: ClassVar[bool] = False
    """Whether it can scale targets that are numbers, since `undo` gives back each of them."""
    moves_pixels: ClassVar[bool] = False
    """Whether it moves pixels, so that what lies pixel by pixel on an image has to be moved with it."""
    not_exported: ClassVar[str | None] = "it isn't known to be arithmetic that a file can hold"
    """Why it can't be inside of an exported file; None if it can, as `apply` is then traced by torch.export."""

    @property
    def needs_fit(self) -> bool:
        """Whether it has anything to learn."""
        return type(self).learns is not Fitted

    def of_other_data(self, statistics: KnownStatistics | None) -> str | None:
        """The data set that the numbers among its arguments are known of; None where they aren't, or are those of the
        data, `statistics`."""
        return None

    @property
    def known_statistics(self) -> KnownStatistics | None:
        """The mean and the standard deviation that it brings images to 0 and 1 with, if they are known before a run."""
        return None

    def with_statistics(self, known: KnownStatistics | None) -> Transform:
        """The same with the mean and the standard deviation that pretrained weights were trained with, if it takes
        those. Raises MisfitError if there are none."""
        return self

    def with_numbers(self) -> Transform:
        """The same without the weights that its mean and standard deviation come from: they stand in it as numbers."""
        return self

    def infer(self, x: Shape) -> Shape:
        """The shape that comes out; raises MisfitError where the input doesn't fit."""
        return x

    def fit(self, portions: Iterable[Tensor]) -> Fitted:
        """Learn from the training split's inputs, floats that come some samples [n, …] at a time."""
        return Fitted()

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        """The changed inputs [N, …]; works on any number of samples. `fitted` is what it learned."""
        raise NotImplementedError

    def move(self, values: Tensor, fitted: Any) -> Tensor:
        """Values [N, C, H, W] that lie pixel by pixel on inputs, moved as these are, each as it is and none computed
        from several; for transforms that move pixels."""
        return nearest(self).apply(values, fitted)

    def undo(self, inputs: Tensor, fitted: Any) -> Tensor:
        """Changed inputs with their numbers as they were before, for whoever looks at them; a transform that can't be
        undone leaves them as they are."""
        return inputs

    def python(self, x: Shape, portions: str) -> Python | None:
        """Lines that change `x`, inputs [N, …]; before them what is measured on `x`, the training split's, of which
        `portions` are some samples at a time. None if a script has no code for it."""
        return None


def nearest(transform: Transform) -> Transform:
    """The same change by the nearest pixel."""
    fields = type(transform).model_fields
    update = {name: value for name, value in (("interpolation", "nearest"), ("antialias", False)) if name in fields}
    return transform.model_copy(update=update)
