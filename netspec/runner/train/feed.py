"""What the network is fed with in training: the samples, or what its frozen part has made of them, once for each."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np
import torch
from torch import Tensor, nn

from netspec.builder.network import Network
from netspec.builder.views import Layout, View, layout
from netspec.catalogue.schedules import Clock
from netspec.data.prepare import PreparedData, Split, near
from netspec.data.processing import Processing
from netspec.memory import OutOfSpace, allocate
from netspec.program.features import Features, features
from netspec.program.freezing import Stage
from netspec.program.plan import evaluation_batch
from netspec.program.program import Program
from netspec.runner.machine.device import free_memory


class Feed:
    """The data of the stage that a training is in, and how a network's output is computed from it.

    Its inputs are those of the program's `data`, or in a stage with features these. They are computed in the order of
    the data, so that they don't depend on where a training is resumed: those of validation are the same numbers as in
    an evaluation of the whole network, and those of training may differ from those of the batches of an epoch as much
    as torch's results differ between batches.
    """

    def __init__(self, program: Program, data: PreparedData, network: nn.Module, clock: Clock) -> None:
        self.program = program
        self.samples = data
        self.network = network
        self.clock = clock
        self.data = data
        self.features: Features | None = None
        self.note: str | None = None
        """Why features that were planned weren't kept, if so."""
        self._stage: Stage | None = None
        self._views: dict[nn.Module, View] = {}
        self._layouts: dict[int, Layout] = {}

    def begin(self, stage: Stage) -> None:
        """Compute what is kept in a stage; its network is in training mode, frozen as it is in that stage."""
        if stage == self._stage:
            return
        self._stage, self.data, self.features = stage, self.samples, None
        self._views.clear()
        found = features(self.program, stage, self.clock)
        if not isinstance(found, Features):
            return
        try:
            self.data = self._kept(found)
        except OutOfSpace as error:
            self.note = f"frozen layers were computed anew in each epoch: {error}"
            return
        self.features = found

    def output(self, network: nn.Module, *inputs: Tensor) -> Tensor:
        """The output of the network in training, or of the mean of its weights, for inputs as the data has them."""
        if self.features is None:
            return network(*inputs)
        graph = self.program.graph
        if network not in self._views:
            assert isinstance(network, Network)
            outputs = [graph.outputs[0].value]
            self._views[network] = View(network, graph, self.features.values, outputs, self._layouts)
        (output,) = self._views[network](*inputs)
        return output.float()

    def _kept(self, features: Features) -> PreparedData:
        """The data with the features of all samples of training and of validation in the place of its inputs."""
        graph, data = self.program.graph, self.samples
        assert isinstance(self.network, Network)
        view = View(self.network, graph, range(len(graph.inputs)), features.values)
        splits: dict[str, Split] = {}
        sizes = {"train": self.program.data.batch_size, "validation": evaluation_batch(self.program)}
        for name, size in sizes.items():
            if (split := data.split(name)) is not None:
                stored, layouts = _stored(view, data, name, size, len(split.targets))
                self._layouts = dict(zip(features.values, layouts, strict=True))
                place = near(sum(values.nbytes for values in stored), data.device, free_memory(data.device))
                splits[name] = Split(stored, split.targets).brought(place, data.device)
        as_is = Processing(self.program.type.fields[0], (), (), {})
        return replace(
            data,
            processing=(as_is,) * len(features.values),
            training=splits["train"],
            validation=splits.get("validation"),
            test=None,
        )


@torch.no_grad()
def _stored(
    view: View, data: PreparedData, split: str, size: int, count: int
) -> tuple[tuple[Tensor, ...], tuple[Layout, ...]]:
    """The values of a view for all samples of a split, each [N, …] on the CPU, computed in batches of a size, and how
    each lay in memory."""
    found: list[Tensor] = []
    layouts: tuple[Layout, ...] = ()
    start = 0
    for inputs, _ in data.batches(split, size):
        values = view(*inputs)
        layouts = layouts or tuple(map(layout, values))
        found = found or [_empty((count, *value.shape[1:]), value.dtype) for value in values]
        for kept, value in zip(found, values, strict=True):
            kept[start : start + len(value)].copy_(value)
        start += len(inputs[0])
    return tuple(found), layouts


def _empty(shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    """An uninitialized tensor, in memory if it fits, else in a file. Raises OutOfSpace."""
    return torch.from_numpy(allocate((prod(shape) * dtype.itemsize,), np.uint8)).view(dtype).view(shape)
