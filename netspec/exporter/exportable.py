"""A network as formats write it: a module with an example of what it takes, and its contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from netspec.catalogue.sections.export import Export
from netspec.exporter.contract import contract, output_name
from netspec.exporter.subject import Inside, Subject

Forward = Callable[[Sequence[Tensor]], Tensor]
"""What a file computes: outputs [N, …] of inputs [N, …], one for each of the network's."""
TRACED = 2
"""The number of samples to trace with: with one, torch.export takes it for a constant."""


@dataclass(frozen=True)
class Exportable:
    """`example` is what the `module` takes for some samples, and `metadata` goes into each file."""

    subject: Subject
    export: Export
    module: nn.Module
    example: tuple[Tensor, ...]
    metadata: Mapping[str, str]

    @classmethod
    def of(cls, subject: Subject, export: Export, samples: Sequence[Tensor]) -> Exportable:
        """The network of a subject as the section asks for it; `samples` are some as the source has them, one tensor
        [N, …] for each input."""
        module = Inside(subject, export).eval()
        count, bounds = len(samples[0]), export.bounds
        wanted = min(max(TRACED, bounds.low), bounds.high)
        repeated = tuple(values[torch.arange(wanted) % count] for values in samples)
        example = taken(subject, export, repeated)
        with torch.no_grad():
            output = module(*example)
        return cls(subject, export, module, example, contract(subject, export, example, output))

    @property
    def input_names(self) -> list[str]:
        return [item.name for item in self.subject.program.graph.inputs]

    @property
    def output_name(self) -> str:
        return output_name(self.subject)


def taken(subject: Subject, export: Export, samples: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Samples [N, …] of the source as a file takes them."""
    return samples if export.transforms else subject.ready(samples)
