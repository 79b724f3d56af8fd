"""What the network is fed with in training: the samples, or what its frozen part has made of them, once for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor, nn

from netspec.builder.network import Network
from netspec.builder.views import Layout, View
from netspec.catalogue.schedules import Clock
from netspec.data.prepare import PreparedData, Split, near
from netspec.data.processing import Processing
from netspec.data.shared import UNSHARED, Shared, basis_of
from netspec.memory import OutOfSpace
from netspec.program.execution import is_channels_last
from netspec.program.features import Features, features
from netspec.program.freezing import Stage
from netspec.program.plan import evaluation_batch
from netspec.program.program import Program, as_data
from netspec.runner.machine.device import free_memory
from netspec.runner.train.stored import digest_of, stored


class Feed:
    """The data of the stage that a training is in, and how a network's output is computed from it.

    Its inputs are those of the program's `data`, or in a stage with features these. They are computed in the order of
    the data, so that they don't depend on where a training is resumed: those of validation are the same numbers as in
    an evaluation of the whole network, and those of training may differ from those of the batches of an epoch as much
    as torch's results differ between batches.
    """

    def __init__(
        self,
        program: Program,
        data: PreparedData,
        network: nn.Module,
        clock: Clock,
        compared: Sequence[int] = (),
        shared: Shared = UNSHARED,
    ) -> None:
        """`compared` are values of the network beside its output that are compared with a teacher's; features are
        `shared` with other trainings."""
        self.program = program
        self.samples = data
        self.network = network
        self.clock = clock
        self.data = data
        self.features: Features | None = None
        self.note: str | None = None
        """Why features that were planned weren't kept, if so."""
        self._shared = shared
        self._outputs = tuple(dict.fromkeys((program.graph.outputs[0].value, *compared)))
        self._stage: Stage | None = None
        self._views: dict[nn.Module, View] = {}
        self._layouts: dict[int, Layout] = {}

    def begin(self, stage: Stage) -> None:
        """Compute what is kept in a stage; its network is in training mode, frozen as it is in that stage."""
        if stage == self._stage:
            return
        self._stage, self.data, self.features = stage, self.samples, None
        self._views.clear()
        found = features(self.program, stage, self.clock, self._outputs)
        if not isinstance(found, Features):
            return
        try:
            self.data = self._kept(found)
        except OutOfSpace as error:
            self.note = f"frozen layers were computed anew in each epoch: {error}"
            return
        self.features = found

    @property
    def own(self) -> int:
        """How many inputs of a batch are for the network; others are for its teachers."""
        return len(self.program.graph.inputs) if self.features is None else len(self.features.values)

    def output(self, network: nn.Module, *inputs: Tensor) -> Tensor:
        """The output of the network in training, or of the mean of its weights, for inputs as the data has them."""
        return self.values(network, *inputs)[self._outputs[0]].float()

    def values(self, network: nn.Module, *inputs: Tensor) -> dict[int, Tensor]:
        """The output and the values that are compared with a teacher's, by their numbers in the graph."""
        own = inputs[: self.own]
        if self.features is None and len(self._outputs) == 1:
            return {self._outputs[0]: network(*own)}
        if network not in self._views:
            assert isinstance(network, Network)
            graph = self.program.graph
            taken = range(len(graph.inputs)) if self.features is None else self.features.values
            self._views[network] = View(network, graph, taken, self._outputs, self._layouts)
        return dict(zip(self._outputs, self._views[network](*own), strict=True))

    def _kept(self, features: Features) -> PreparedData:
        """The data with the features of all samples of training and of validation in the place of its inputs."""
        data, own = self.samples, len(self.program.graph.inputs)
        found = self._shared.get("features", lambda: self._basis(features), lambda: self._computed(features))
        self._layouts = dict(zip(features.values, found.layouts, strict=True))
        as_is = Processing(self.program.type.fields[0], (), (), {})
        splits = {
            name: Split((*values, *split.inputs[own:]), split.targets).brought(values[0].device, data.device)
            for name, values in found.splits.items()
            if (split := data.split(name)) is not None
        }
        return replace(
            data,
            processing=(*(as_is,) * len(features.values), *data.processing[own:]),
            training=splits["train"],
            validation=splits.get("validation"),
            test=None,
        )

    def _computed(self, features: Features) -> _Computed:
        """The features of all samples of training and of validation. Raises OutOfSpace."""
        graph, data, own = self.program.graph, self.samples, len(self.program.graph.inputs)
        assert isinstance(self.network, Network)
        view = View(self.network, graph, range(len(graph.inputs)), features.values)
        splits: dict[str, tuple[Tensor, ...]] = {}
        layouts: tuple[Layout, ...] = ()
        for name, size in self._batches().items():
            if (split := data.split(name)) is not None:
                batches = (inputs[:own] for inputs, _ in data.batches(name, size))
                found, layouts = stored(view, batches, len(split.targets))
                place = near(sum(values.nbytes for values in found), data.device, free_memory(data.device))
                splits[name] = tuple(values.to(place) for values in found)
        return _Computed(splits, layouts)

    def _batches(self) -> dict[str, int]:
        """The splits whose features are computed, and of how many samples at once."""
        return {"train": self.program.data.batch_size, "validation": evaluation_batch(self.program)}

    def _basis(self, features: Features) -> Any:
        """What the features follow from: the data, the frozen operations with their tensors, and how it is computed."""
        program, tensors = self.program, self.network.state_dict()
        names = dict.fromkeys(name for node in features.nodes for name in (*node.parameters, *node.buffers))
        return [
            *(basis_of(program, self.samples.device), self._batches(), features.values),
            [[node.path, as_data(node.layer), node.inputs, node.outputs] for node in features.nodes],
            [[name, digest_of(tensors[name])] for name in names],
            [is_channels_last(program), program.train.precision, program.train.compile],
        ]


@dataclass(frozen=True)
class _Computed:
    """The features [N, …] of all samples, split by split, and how each lay in memory."""

    splits: Mapping[str, tuple[Tensor, ...]]
    layouts: tuple[Layout, ...]

    @property
    def size(self) -> int:
        return sum(values.nbytes for split in self.splits.values() for values in split)
