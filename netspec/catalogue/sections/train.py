"""How the network is trained."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.batch_mixes import Mix
from netspec.catalogue.checkpoints import Checkpoint
from netspec.catalogue.checkpoints.every import Every
from netspec.catalogue.clips import Clip
from netspec.catalogue.constraints import Constraint
from netspec.catalogue.entry import Example
from netspec.catalogue.freezes import Freezing
from netspec.catalogue.gradient_noise import Noise
from netspec.catalogue.init_rules import Rule
from netspec.catalogue.losses import Loss
from netspec.catalogue.optimizers import Optimizer
from netspec.catalogue.optimizers.adam import Adam
from netspec.catalogue.penalties import Penalty
from netspec.catalogue.schedules import Schedule
from netspec.catalogue.sections import Section
from netspec.catalogue.stopping import Stop
from netspec.catalogue.values import MOST_EPOCHS, MOST_RUNS, Piped, PositiveInt, Summed, Term, Text, Time
from netspec.catalogue.weight_averages import Average
from netspec.shapes import MisfitError


class Train(Section):
    """The loss, the optimizer, how long and with what chance."""

    order: ClassVar = 30
    aliases: ClassVar = ("training",)
    examples: ClassVar = (
        Example("train { optimizer = sgd(lr=0.1)\n epochs = 20 }"),
        Example("train { schedule = warmup(2 epochs) -> cosine(to=1e-5)\n clip = clip_norm(1) }"),
        Example("train { penalties = [l1(1e-5)]\n mix = [mixup(0.2), cutmix]\n average = ema(0.999) }"),
        Example('train { freeze = ["backbone", "!backbone.fc"]\n init = [init("backbone.fc:bias", zeros)] }'),
        Example('train { freeze = ["backbone.stem", freeze("backbone", until=3 epochs)] }'),
    )

    loss: Annotated[
        tuple[Term[Loss], ...] | None,
        Summed(),
        Field(
            description="what is made small, one loss or a sum of them; by default `cross_entropy` for classes and "
            "`mse` for numbers"
        ),
    ] = None
    optimizer: Annotated[Optimizer, Field(description="how the weights are moved")] = Adam()
    schedule: Annotated[
        tuple[Schedule, ...], Piped(), Field(description="how the learning rate goes; without one it stays as it is")
    ] = ()
    clip: Annotated[Clip | None, Field(description="how gradients are kept from being too large")] = None
    noise: Annotated[Noise | None, Field(description="what is added to the gradients at random")] = None
    penalties: Annotated[
        tuple[Penalty, ...], Field(description="what weights cost in training, beside the loss that is reported")
    ] = ()
    constraints: Annotated[tuple[Constraint, ...], Field(description="what weights are held to after each step")] = ()
    mix: Annotated[
        tuple[Mix, ...], Field(description="how samples are mixed two by two; of several, one is drawn for each batch")
    ] = ()
    average: Annotated[
        Average | None, Field(description="a running mean of the weights, which is judged and kept in their place")
    ] = None
    accumulate: Annotated[
        PositiveInt, Field(description="batches that make a step, with the mean gradient of all their samples")
    ] = 1
    init: Annotated[
        tuple[Rule, ...],
        Field(description="first values of parameters, by the first rule that selects them; else they are torch's"),
    ] = ()
    freeze: Annotated[
        Text | tuple[Text | Freezing, ...],
        Field(
            description="tensors that stay as they are, for good or for a while; a layer that is frozen as a whole "
            "works as in evaluation, so that a batch norm keeps its running mean and variance"
        ),
    ] = ()
    keep_features: Annotated[
        bool,
        Field(
            description="compute what frozen layers give for a sample once and keep it, where they work as in "
            "evaluation, nothing before them is drawn at random, and all of it fits into 8 GiB"
        ),
    ] = True
    epochs: Annotated[PositiveInt, Field(le=MOST_EPOCHS, description="passes over the training samples")] = 10
    stop: Annotated[Stop | None, Field(description="when to end before the last epoch")] = None
    max_time: Annotated[Time | None, Field(description="how long to train at most; the step under way is the last")] = (
        None
    )
    on_nan: Annotated[
        Literal["stop", "skip", "rollback"],
        Field(
            description="what to do where loss or gradients overflow: end there, leave the step out, or go back to the "
            "last checkpoint and on at half the learning rate"
        ),
    ] = "stop"
    checkpoint: Annotated[Checkpoint, Field(description="when to save the state")] = Every()
    seed: Annotated[
        int,
        Field(ge=0, lt=2**63, description="what the splits, the first weights, the order and the chance follow from"),
    ] = 0
    seeds: Annotated[
        PositiveInt,
        Field(le=MOST_RUNS, description="how many runs there are, each with a seed of its own, from `seed` on upwards"),
    ] = 1
    device: Annotated[
        Literal["auto", "cuda", "mps", "xpu", "cpu"],
        Field(description="where to compute; `auto` takes the first of cuda, mps, xpu and cpu that is there"),
    ] = "auto"

    precision: Annotated[
        Literal["float32", "bfloat16"],
        Field(
            description="what the network computes in: with `bfloat16`, the operations that torch.autocast holds to be "
            "safe, which accelerators and recent CPUs do faster; weights, losses and optimizers stay float32"
        ),
    ] = "float32"
    compile: Annotated[
        bool,
        Field(
            description="compile the network with torch.compile, which takes a while at the start of a run; it pays in "
            "long ones on an accelerator"
        ),
    ] = False

    def check(self) -> None:
        if self.seed + self.seeds > 2**63:
            raise MisfitError(
                f"`seeds = {self.seeds}` from `seed = {self.seed}` on are above {2**63 - 1}", argument="seeds"
            )
