"""Steps by the root mean squares of gradients and of steps."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.optimizers import Eps, LearningRate, Optimizer, WeightDecay


class Adadelta(Optimizer):
    """Divide the gradient by its root mean square, and multiply it by that of the past steps: torch.optim.Adadelta.

    Zeiler, ADADELTA: An Adaptive Learning Rate Method, arXiv 2012.
    """

    torch_class: ClassVar = "Adadelta"
    torch_names: ClassVar = ("torch.optim.Adadelta",)
    large_lr: ClassVar = 10.0
    examples: ClassVar = (Example("adadelta(rho=0.95)"),)

    lr: LearningRate = 1.0
    rho: Annotated[float, Field(ge=0, le=1, description="how slowly the two running means change")] = 0.9
    eps: Eps = 1e-6
    weight_decay: WeightDecay = 0.0
