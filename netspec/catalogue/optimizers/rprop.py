"""Steps by the sign of the gradient."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.optimizers import LearningRate, Optimizer
from netspec.shapes import MisfitError


class Rprop(Optimizer):
    """Step by the sign of the gradient, each weight by a size of its own: torch.optim.Rprop.

    The size grows while the sign stays and shrinks when it changes; `lr` is the first one, and a schedule would change
    nothing. It is for gradients of all samples: batches make signs change by chance.

    Riedmiller and Braun, A Direct Adaptive Method for Faster Backpropagation Learning, ICNN 1993.
    """

    torch_class: ClassVar = "Rprop"
    torch_names: ClassVar = ("torch.optim.Rprop",)
    follows_lr: ClassVar = False
    examples: ClassVar = (Example("rprop(lr=0.01)"),)

    lr: LearningRate = 1e-2
    etas: Annotated[tuple[float, float], Field(description="factors of a size that shrinks, and of one that grows")] = (
        0.5,
        1.2,
    )
    step_sizes: Annotated[
        tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]],
        Field(description="the smallest size and the largest"),
    ] = (1e-6, 50.0)

    def check(self) -> None:
        super().check()
        shrinks, grows = self.etas
        if not 0 < shrinks < 1 < grows:
            raise MisfitError(
                "the first of `etas` is from 0 to 1, the second above 1", argument="etas", help="[0.5, 1.2]"
            )
        smallest, largest = self.step_sizes
        if smallest > largest:
            raise MisfitError("the first of `step_sizes` is the smaller one", argument="step_sizes")
