"""How the network is trained."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.checkpoints import Checkpoint
from netspec.catalogue.checkpoints.every import Every
from netspec.catalogue.entry import Example
from netspec.catalogue.losses import Loss
from netspec.catalogue.optimizers import Optimizer
from netspec.catalogue.optimizers.adam import Adam
from netspec.catalogue.sections import Section
from netspec.catalogue.stops import Stop
from netspec.catalogue.values import PositiveInt


class Train(Section):
    """The loss, the optimizer, how long and with what chance."""

    examples: ClassVar = (Example("train { optimizer = sgd(lr=0.1)\n epochs = 20 }"),)

    loss: Annotated[
        Loss | None,
        Field(description="what is made small; by default `cross_entropy` for classes and `mse` for numbers"),
    ] = None
    optimizer: Annotated[Optimizer, Field(description="how the weights are moved")] = Adam()
    epochs: Annotated[PositiveInt, Field(description="passes over the training samples")] = 10
    stop: Annotated[Stop | None, Field(description="when to end before the last epoch")] = None
    checkpoint: Annotated[Checkpoint, Field(description="when to save the state")] = Every()
    seed: Annotated[
        int,
        Field(ge=0, lt=2**63, description="what the splits, the first weights, the order and the chance follow from"),
    ] = 0
    device: Annotated[
        Literal["auto", "cuda", "mps", "xpu", "cpu"],
        Field(description="where to compute; `auto` takes the first of cuda, mps, xpu and cpu that is there"),
    ] = "auto"
