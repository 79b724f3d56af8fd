"""Steps by what past steps tell of the curvature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.optimizers import LearningRate, Optimizer
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError

if TYPE_CHECKING:
    from torch import Tensor


class LBFGS(Optimizer):
    """Several steps on the same samples, by an estimate of the second derivatives: torch.optim.LBFGS.

    It is for small networks and few samples that fit into one batch. Each step evaluates the batch again up to
    `max_eval` times, with the same dropout and augmentation; the loss that is reported is that of the first time.

    Liu and Nocedal, On the Limited Memory BFGS Method for Large Scale Optimization, 1989.
    """

    torch_class: ClassVar = "LBFGS"
    torch_names: ClassVar = ("torch.optim.LBFGS",)
    large_lr: ClassVar = 10.0
    reevaluates: ClassVar = True
    examples: ClassVar = (Example("lbfgs(line_search_fn=strong_wolfe)"),)

    lr: LearningRate = 1.0
    max_iter: Annotated[PositiveInt, Field(description="steps that are made of one batch at most")] = 20
    max_eval: Annotated[
        PositiveInt | None, Field(description="evaluations of one batch at most; none is 1.25 times `max_iter`")
    ] = None
    tolerance_grad: Annotated[float, Field(ge=0, description="a gradient this small ends the steps of a batch")] = 1e-7
    tolerance_change: Annotated[float, Field(ge=0, description="a change this small ends the steps of a batch")] = 1e-9
    history_size: Annotated[PositiveInt, Field(le=10_000, description="how many past steps are remembered")] = 100
    line_search_fn: Annotated[
        Literal["strong_wolfe"] | None, Field(description="how the length of a step is found; none is `lr` each time")
    ] = None

    @property
    def of_past_steps(self) -> int:
        # of each past step how the weights and the gradient changed
        return 2 * self.history_size

    def check(self) -> None:
        super().check()
        if self.groups or self.layer_decay is not None:
            argument = "groups" if self.groups else "layer_decay"
            raise MisfitError("`lbfgs` moves all parameters as one, with one learning rate", argument=argument)

    def holds(self, name: str, value: Tensor, parameter: Tensor, total: int) -> bool:
        return super().holds(name, value, parameter, total) or value.shape == (total,)
