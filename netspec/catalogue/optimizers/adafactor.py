"""Adaptive steps that need little memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.optimizers import DecoupledDecay, LearningRate, Optimizer

if TYPE_CHECKING:
    from torch import Tensor


class Adafactor(Optimizer):
    """Divide by the root of a mean square that is kept as one number for each row and column: torch.optim.Adafactor.

    Shazeer and Stern, Adafactor: Adaptive Learning Rates with Sublinear Memory Cost, ICML 2018.
    """

    torch_class: ClassVar = "Adafactor"
    torch_names: ClassVar = ("torch.optim.Adafactor",)
    large_lr: ClassVar = 1.0
    examples: ClassVar = (Example("adafactor(lr=0.01)"),)

    lr: LearningRate = 1e-2
    beta2_decay: Annotated[float, Field(le=0, description="power of the step by which the mean forgets")] = -0.8
    eps: Annotated[
        tuple[Annotated[float, Field(ge=0)] | None, Annotated[float, Field(ge=0)]],
        Field(description="added to the squares, where none is the smallest number there is, and the smallest scale"),
    ] = (None, 1e-3)
    d: Annotated[float, Field(ge=1, description="largest root mean square of a step, before lr")] = 1.0
    weight_decay: DecoupledDecay = 0.0

    def holds(self, name: str, value: Tensor, parameter: Tensor, total: int) -> bool:
        return super().holds(name, value, parameter, total) or name in ("row_var", "col_var")
