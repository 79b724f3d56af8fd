"""Steps by the root mean square of the gradient."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.optimizers import Eps, LearningRate, Momentum, Optimizer, WeightDecay


class RMSprop(Optimizer):
    """Divide the gradient by its root mean square of late: torch.optim.RMSprop.

    Tieleman and Hinton, Lecture 6.5: RMSProp, Coursera 2012; centred as Graves, Generating Sequences With Recurrent
    Neural Networks, arXiv 2013.
    """

    torch_class: ClassVar = "RMSprop"
    torch_names: ClassVar = ("torch.optim.RMSprop",)
    examples: ClassVar = (Example("rmsprop(lr=1e-3, momentum=0.9)"), Example("rmsprop(centered=true)"))

    lr: LearningRate = 1e-2
    alpha: Annotated[float, Field(ge=0, lt=1, description="how slowly the running mean of the squares changes")] = 0.99
    eps: Eps = 1e-8
    weight_decay: WeightDecay = 0.0
    momentum: Momentum = 0.0
    centered: Annotated[bool, Field(description="divide by the standard deviation, not by the mean square")] = False
