"""Standardise the columns of a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.fields.table import Table
from netspec.catalogue.python import Python
from netspec.catalogue.transforms import Transform
from netspec.catalogue.transforms._moments import MEASURED, Moments, moments
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import Tensor


class Standardize(Transform):
    """Bring each column of a table to mean 0 and standard deviation 1, both measured on the training split.

    A column that never changes becomes 0. The same numbers as scikit-learn's StandardScaler. It is computed in 64 bits,
    so that large numbers that differ little, such as times in seconds, stay apart.
    """

    aliases: ClassVar = (
        "standard_scaler",
        "z_score",
        "zscore",
    )
    field: ClassVar = Table
    learns: ClassVar = Moments
    normalizes: ClassVar = True
    scales_targets: ClassVar = True
    positional: ClassVar = ("statistics",)
    not_exported: ClassVar = None
    examples: ClassVar = (Example("standardize(measured)", into=(4,), out=(4,)),)

    statistics: Annotated[
        Literal["measured"], Field(description="`measured` takes mean and std from the training split")
    ] = "measured"

    def infer(self, x: Shape) -> Shape:
        if x.rank != 1:
            raise MisfitError(
                f"`standardize` is for tables, [columns], and the data is {x}", help="`normalize` is for images"
            )
        return x

    def fit(self, portions: Iterable[Tensor]) -> Moments:
        return moments(portion.T for portion in portions)

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        import torch

        from netspec.modules.constants import constant

        mean, std = (constant(values, inputs, inputs.dtype) for values in (fitted.mean, fitted.std))
        return (inputs - mean) / torch.where(std > 0, std, 1)

    def undo(self, inputs: Tensor, fitted: Any) -> Tensor:
        import torch

        from netspec.modules.constants import constant

        mean, std = (constant(values, inputs, inputs.dtype) for values in (fitted.mean, fitted.std))
        return inputs * torch.where(std > 0, std, 1) + mean

    def python(self, x: Shape, portions: str) -> Python:
        before = (
            f"mean, std = measured(part.T for part in {portions})",
            "mean, std = x.new_tensor(mean), x.new_tensor(std)",
        )
        return Python("x = (x - mean) / torch.where(std > 0, std, 1)", (MEASURED,), "\n".join(before))
