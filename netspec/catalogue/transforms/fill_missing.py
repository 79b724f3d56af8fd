"""Fill the empty cells of a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.fields.table import Table
from netspec.catalogue.transforms import Fitted, Transform
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import Tensor


class Filling(Fitted):
    """The mean or the median of each column."""

    mean: list[float] | None = None
    median: list[float] | None = None


class FillMissing(Transform):
    """Put a number in the place of each missing value of a table: the first transform of a table that has any.

    `fill_missing(mean)` and `fill_missing(median)` take the one of the column's other values in the training split, the
    same numbers as scikit-learn's SimpleImputer; a column without any value there is filled with 0. `fill_missing(0)`
    takes the number that is given.
    """

    field: ClassVar = Table
    learns: ClassVar = Filling
    fills: ClassVar = True
    positional: ClassVar = ("value",)
    not_exported: ClassVar = None
    examples: ClassVar = (
        Example("fill_missing(median)", into=(4,), out=(4,)),
        Example("fill_missing(0)", into=(4,), out=(4,)),
    )

    value: Annotated[
        Literal["mean", "median"] | Annotated[float, Field(allow_inf_nan=False)],
        Field(description="`mean` or `median` of the column in the training split, or a number"),
    ]

    def infer(self, x: Shape) -> Shape:
        if x.rank != 1:
            raise MisfitError(f"`fill_missing` is for tables, [columns], and the data is {x}")
        return x

    @property
    def needs_fit(self) -> bool:
        return isinstance(self.value, str)

    def fit(self, portions: Iterable[Tensor]) -> Filling:
        return Filling(mean=_means(portions)) if self.value == "mean" else Filling(median=_medians(portions))

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        import torch

        from netspec.modules.constants import constant

        value = getattr(fitted, self.value) if isinstance(self.value, str) else self.value
        filling = constant(value, inputs, inputs.dtype)
        return torch.where(inputs.isnan(), filling, inputs)


def _means(portions: Iterable[Tensor]) -> list[float]:
    import torch

    totals = counts = torch.zeros((), dtype=torch.float64)
    for portion in portions:
        totals = totals + portion.double().nansum(0)
        counts = counts + (~portion.isnan()).sum(0)
    return (totals / counts.clamp(min=1)).tolist()


def _medians(portions: Iterable[Tensor]) -> list[float]:
    """Of all portions together: what is in the middle can't be said of one by itself."""
    import torch

    columns = torch.cat([*portions]).double().unbind(1)
    return [_median(column[~column.isnan()]) for column in columns]


def _median(values: Tensor) -> float:
    """The number in the middle, or the mean of the two; torch's median is the lower of them."""
    if not len(values):
        return 0.0
    values = values.sort().values
    return float(values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
