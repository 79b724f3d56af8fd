"""The set-up of a training: everything is loaded, built and checked before the first step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice

import torch
from torch import Tensor, nn

from netspec.builder import build_empty, initialise
from netspec.builder.freeze import Freezer
from netspec.data.prepare import Batch, PreparedData, load_splits
from netspec.data.shared import UNSHARED, Shared, prepare_shared
from netspec.formats.errors import DataError
from netspec.modules.losses import WeightedSum
from netspec.problems.base import NetspecError
from netspec.program.data_errors import as_problem
from netspec.program.freezing import stages
from netspec.program.loading import LoadedWeights
from netspec.program.plan import batch_bounds, evaluation_batch
from netspec.program.program import Program
from netspec.runner.events import Evaluation
from netspec.runner.machine.device import free_memory
from netspec.runner.machine.memory import ensure_memory, weights_size
from netspec.runner.store.checkpoint import most_bytes
from netspec.runner.store.checkpoints import Checkpoints, last_checkpoint
from netspec.runner.store.folder import RunFolder
from netspec.runner.store.weights_record import ensure_same_weights, load_record
from netspec.runner.train.evaluate import evaluate
from netspec.runner.train.feed import Feed
from netspec.runner.train.regularization import Regularization
from netspec.runner.train.steps import Steps
from netspec.runner.train.teaching import Teaching
from netspec.runner.train.weight_averaging import WeightAveraging


@dataclass(frozen=True)
class Training:
    """The data, the network, the criterion, the optimizer steps and the checkpoints of a run.

    `regularization` holds the penalties, `averaging` the running mean of the weights if the spec has one, `freezer`
    says what is frozen now, `feed` is what the network is fed with now, `teaching` holds the losses against teachers,
    and `loaded` is what the run started from.
    """

    program: Program
    data: PreparedData
    network: nn.Module
    criterion: WeightedSum
    regularization: Regularization
    steps: Steps
    averaging: WeightAveraging | None
    freezer: Freezer
    feed: Feed
    teaching: Teaching | None
    checkpoints: Checkpoints
    device: torch.device
    loaded: tuple[LoadedWeights, ...] = ()

    @classmethod
    def of(cls, program: Program, folder: RunFolder, device: torch.device, shared: Shared = UNSHARED) -> Training:
        """Load, build and check everything that can be checked before the first step. Raises NetspecError."""
        ensure_memory(program, device)
        network = build_empty(program)
        # a checkpoint has all weights, so that a resumed run needs no other files
        resumed = last_checkpoint(folder.checkpoints) is not None
        loaded = load_record(folder.path) if resumed else initialise(network, program)
        if not resumed:
            ensure_same_weights(program, loaded, folder.path)
        network = network.to(device)
        if program.train.compile:
            network.compile()
        keep = program.train.checkpoint.kept()
        # the weights alone of the checkpoints that exist at once: those that are kept and the one being written
        folder.require(weights_size(network) * min(keep + 1, program.train.epochs))
        try:
            data, teaching, fed = _prepared(program, folder, device, shared)
        except DataError as error:
            raise NetspecError.of(as_problem(error, program.span_of("data.source"))) from error
        bounds = batch_bounds(len(data.training.targets), program.data.batch_size)
        steps = Steps.of(program, network, [end - start for start, end in bounds])
        average = program.train.average
        freezer = Freezer(network, program.graph, stages(program.train, program.graph, steps.clock))
        return cls(
            data.program,
            data,
            network,
            program.loss.build(data.classes, data.scaling).to(device),
            Regularization.of(program, network),
            steps,
            WeightAveraging(average, network, steps.clock.total) if average else None,
            freezer,
            Feed(data.program, fed, network, steps.clock, teaching.values if teaching else (), shared),
            teaching,
            Checkpoints(folder.checkpoints, keep, most_bytes(program)),
            device,
            loaded,
        )

    @property
    def eval_network(self) -> nn.Module:
        """The network whose weights are evaluated and saved: the mean of the weights once there is one."""
        return self.network if self.averaging is None else self.averaging.eval_network

    def batches(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """The training batches of an epoch, from one of them on; before each the network is in training mode, frozen as
        the program says."""
        count, accumulate = self.data.steps, self.program.train.accumulate
        first = (epoch - 1) * self.steps.clock.epoch
        while start < count:
            stage = self.freezer.train(first + start // accumulate)
            self.feed.begin(stage)
            end = min((stage.stop - first) * accumulate, count) if stage is not self.freezer.stages[-1] else count
            yield from self.feed.data.epoch(epoch, start, end)
            start = end

    def evaluate(self, split: str, *, final: bool = True) -> Evaluation:
        """Evaluate the network on `train`, `validation` or `test`; `final` if the training is over."""
        network, samples = self.eval_network, self.data.size(split)
        # what the feed has of a split is of the weights in training; at the end they may be those of another epoch
        fed = not final and split == "validation"
        batches = (self.feed.data if fed else self.data).batches(split, evaluation_batch(self.program))
        forward = partial(self.feed.output, network) if fed else None
        return evaluate(network, self.criterion, batches, samples, self.program, split, final=final, forward=forward)

    def inputs(self, fed: tuple[Tensor, ...], epoch: int, index: int) -> tuple[Tensor, ...]:
        """The inputs of the whole network of a training batch, of which it was `fed` something."""
        if self.feed.features is None:
            return fed[: self.feed.own]
        inputs, _ = next(self.data.epoch(epoch, index))
        return inputs

    def update_norms(self, epoch: int, batches: int | None = None) -> None:
        """Update the running statistics of the mean of the weights over the first `batches` of an epoch, by default
        all."""
        if self.averaging is not None:
            skip = self.program.train.on_nan == "skip"
            batches_of_epoch = islice(self.data.epoch(epoch), batches)
            self.averaging.update_norms(batches_of_epoch, frozen=self.freezer.layers, skip=skip)


def _prepared(
    program: Program, folder: RunFolder, device: torch.device, shared: Shared
) -> tuple[PreparedData, Teaching | None, PreparedData]:
    """The data, the teaching if there are teachers, and the data with what is kept of them. Raises DataError and
    NetspecError."""
    shared.begin()
    load = cache(lambda: load_splits(program))
    data = prepare_shared(program, device, free_memory(device), shared, load)
    found = Teaching.of(data.program, data, load, folder, shared)
    return (data, None, data) if found is None else (data, *found)
