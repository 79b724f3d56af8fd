"""Bring the columns of a table to the range from 0 to 1."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.fields.table import Table
from netspec.catalogue.python import Python
from netspec.catalogue.transforms import Fitted, Transform
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import Tensor


class Extremes(Fitted):
    """The smallest and the largest value of each column."""

    min: list[float]
    max: list[float]


class MinMax(Transform):
    """Bring each column of a table to the range from 0 to 1, by its smallest and largest value in the training split.

    A column that never changes becomes 0; other splits may go beyond the range. The same numbers as scikit-learn's
    MinMaxScaler.
    """

    aliases: ClassVar = (
        "min_max_scaler",
        "minmax_scaler",
    )
    field: ClassVar = Table
    learns: ClassVar = Extremes
    normalizes: ClassVar = True
    scales_targets: ClassVar = True
    positional: ClassVar = ("statistics",)
    not_exported: ClassVar = None
    examples: ClassVar = (Example("min_max(measured)", into=(4,), out=(4,)),)

    statistics: Annotated[
        Literal["measured"], Field(description="`measured` takes the range from the training split")
    ] = "measured"

    def infer(self, x: Shape) -> Shape:
        if x.rank != 1:
            raise MisfitError(
                f"`min_max` is for tables, [columns], and the data is {x}", help="`normalize` is for images"
            )
        return x

    def fit(self, portions: Iterable[Tensor]) -> Extremes:
        import torch

        low = high = None
        for portion in portions:
            least, most = portion.aminmax(dim=0)
            low = least if low is None else torch.minimum(low, least)
            high = most if high is None else torch.maximum(high, most)
        assert low is not None and high is not None, "there are samples"
        return Extremes(min=low.tolist(), max=high.tolist())

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        import torch

        from netspec.modules.constants import constant

        low, high = (constant(values, inputs, inputs.dtype) for values in (fitted.min, fitted.max))
        return (inputs - low) / torch.where(high > low, high - low, 1)

    def undo(self, inputs: Tensor, fitted: Any) -> Tensor:
        import torch

        from netspec.modules.constants import constant

        low, high = (constant(values, inputs, inputs.dtype) for values in (fitted.min, fitted.max))
        return inputs * torch.where(high > low, high - low, 1) + low

    def python(self, x: Shape, portions: str) -> Python:
        return Python("x = (x - low) / torch.where(high > low, high - low, 1)", before="low, high = x.aminmax(dim=0)")
