"""What is exported: a trained network, with what its run does before and after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from netspec.builder import build_empty
from netspec.builder.execution import AS_WRITTEN
from netspec.builder.network import build_graph
from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.catalogue.sections.export import Export
from netspec.data.processing import Processing, restored_processing
from netspec.data.target_scaling import TargetScaling
from netspec.program.program import Program

HALF = 0.5
"""The probability above which one output of two classes stands for the second one."""


@dataclass(frozen=True)
class Subject:
    """A trained network on the CPU as its run evaluates it, in evaluation mode, with the processing of each input and
    the scaling of the targets."""

    program: Program
    network: nn.Module
    processing: tuple[Processing, ...]
    scaling: TargetScaling | None

    @classmethod
    def of(
        cls,
        program: Program,
        state: Mapping[str, Tensor],
        fitted: Sequence[Mapping[str, Any]],
        scaling: TargetScaling | None,
    ) -> Subject:
        """`state` are the weights on any device, `fitted` is what each transform learned, as JSON data."""
        network = build_empty(program)
        network.load_state_dict({name: tensor.detach().cpu() for name, tensor in state.items()})
        return cls(program, network.eval(), restored_processing(program.type, program.data, fitted), scaling)

    @cached_property
    def plain(self) -> nn.Module:
        """The same network in float32, with images as torch lays them out and operations in the spec's order, whatever
        its run computes in: ONNX Runtime fuses a ReLU with the convolution before it."""
        network = build_graph(self.program.graph, 0, AS_WRITTEN)
        network.load_state_dict(self.network.state_dict())
        return network.eval()

    def ready(self, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Samples [N, …] of the source as the network takes them."""
        return tuple(one.applied(values) for one, values in zip(self.processing, inputs, strict=True))

    def finished(self, output: Tensor, activation: nn.Module | None) -> Tensor:
        """Outputs of the network as a file gives them: numbers that are predicted [N, 1] in their own units, if the
        targets were scaled, else outputs [N, …] after the activation."""
        if self.scaling is not None:
            decisions = self.program.loss.decide(output, self.program.type.target)
            return self.scaling.undone(decisions).unsqueeze(1)
        return output if activation is None else activation(output)

    def decided(self, output: Tensor, export: Export) -> Tensor:
        """The decisions [N, …] that outputs [N, …] of a file stand for."""
        if self.scaling is not None:
            return output.squeeze(1)
        target = self.program.type.target
        return self.program.loss.decide(output, target) if export.activation is None else target.decide(output, HALF)


def activation_of(export: Export, program: Program) -> nn.Module | None:
    """The last activation that a file has and the network hasn't."""
    layer = find(Layer, export.activation) if export.activation is not None else None
    module = layer().build(program.graph.output) if layer is not None else None
    assert module is None or isinstance(module, nn.Module), "an activation is a module"
    return module


class Inside(nn.Module):
    """All that a file computes: the transforms if they are asked for, the network, and what follows it."""

    def __init__(self, subject: Subject, export: Export) -> None:
        super().__init__()
        self.network = subject.plain
        self.activation = activation_of(export, subject.program)
        self._subject = subject
        self._transforms = export.transforms

    def forward(self, *inputs: Tensor) -> Tensor:
        ready = self._subject.ready(inputs) if self._transforms else inputs
        return self._subject.finished(self.network(*ready), self.activation)


def plain_tensors(values: Sequence[Any]) -> tuple[Tensor, ...]:
    """Samples of a source, arrays [N, …], as tensors of their own."""
    return tuple(torch.from_numpy(value.copy()) for value in values)
