"""Proof that a written network is the module: the same tensors by name, and equal outputs for any weights."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from netspec.builder.network import build_graph
from netspec.catalogue.entry import from_record
from netspec.catalogue.fields import FieldType
from netspec.catalogue.targets import Target
from netspec.catalogue.types import DataField, DataType
from netspec.checker.analysis import Analysis
from netspec.importer.tensors import state_of
from netspec.program.graph import Graph
from netspec.source import Source
from netspec.writer.errors import CannotTranslate

TOLERANCE = 1e-5
SAMPLES = 2


@dataclass(frozen=True)
class Incoming:
    """An input of a network: its name, its sizes without the batch, and for indices how many there are."""

    name: str
    sizes: tuple[int, ...]
    indices: int | None = None

    def sample(self, batch: int) -> Tensor:
        if self.indices is not None:
            return torch.randint(0, self.indices, (batch, *self.sizes))
        return torch.randn(batch, *self.sizes)

    @property
    def field(self) -> DataField:
        if self.indices is not None:
            record = {"op": "tokens", "sizes": self.sizes, "vocabulary": self.indices}
        else:
            record = {"op": "table", "sizes": self.sizes}
        return DataField(from_record(FieldType, record), self.name)


def graph_of(text: str, inputs: Sequence[Incoming], classes: int | None, path: Path | None = None) -> Graph:
    """The graph of a text's network. Raises CannotTranslate with the first of what is wrong with it.

    Without `classes` it is no matter what data the outputs are for. Other files that the text names are beside `path`.
    """
    fields = tuple(item.field for item in inputs)
    target = from_record(Target, {"op": "classes", "names": [str(number) for number in range(classes or 2)]})
    type = DataType(fields, target, train=4, test=0)
    analysis = Analysis(Source("imported.net", text, path), described=(0, type))
    errors = [diagnostic for diagnostic in analysis.diagnostics if diagnostic.is_error]
    if analysis.network is None or analysis.network.graph is None or (errors and classes is not None):
        reason = errors[0].message if errors else "it has no graph"
        raise CannotTranslate(f"what the importer made of it isn't right: {reason}", text)
    return analysis.network.graph


def prove(module: nn.Module, graph: Graph, inputs: Sequence[Incoming], prefix: str, own: Mapping[str, Tensor]) -> None:
    """Compare a network with a module, for the module's tensors and for others. Raises CannotTranslate.

    `own` are the tensors of the module that the network is to have, by its names without `prefix`. It computes with
    them themselves: a copy of each would double the memory that a large module takes.
    """
    network = build_graph(graph, seed=0).eval()
    ours = {name.removeprefix(prefix): item for name, item in network.state_dict(keep_vars=True).items()}
    for name in {*own, *ours}:
        one, other = own.get(name), ours.get(name)
        if one is None or other is None or one.shape != other.shape:
            sizes = f"{_sizes(one)} in torch, {_sizes(other)} in the spec"
            raise CannotTranslate(f"the tensor `{name}` isn't the same: {sizes}")
        other.data = one.detach().to(other.dtype)
    with _perturbed(module):
        compare(module, network, inputs, again=True)
    compare(module, network, inputs)


def compare(module: nn.Module, network: nn.Module, inputs: Sequence[Incoming], *, again: bool = False) -> None:
    """Compare the outputs of two networks for random inputs; `again` asks the module twice, which has to give the same
    numbers. Raises CannotTranslate."""
    samples = [item.sample(SAMPLES) for item in inputs]
    with torch.no_grad():
        expected = [item.clone() for item in _listed(module(*(item.clone() for item in samples)))]
        second = _listed(module(*(item.clone() for item in samples))) if again else expected
        found = _listed(network(*samples))
    if not all(bool(item.isfinite().all()) for item in expected):
        raise CannotTranslate("what comes out isn't finite, so that it can't be compared")
    if any(not torch.equal(one, two) for one, two in zip(expected, second, strict=True)):
        raise CannotTranslate("the module gives other numbers each time, in evaluation too")
    for one, two in zip(expected, found, strict=True):
        bound = TOLERANCE * max(1.0, one.abs().max().item())
        difference = (one - two).abs().max().item()
        if one.shape != two.shape or not difference <= bound:
            raise CannotTranslate(
                f"the outputs differ by {difference:.3g}, and at most {bound:.3g} is rounding; "
                "something of the module isn't said by its calls, such as a tensor that is changed in place"
            )


@contextmanager
def _perturbed(module: nn.Module) -> Generator[None]:
    """Within it all tensors are others: what is zero or one at first would hide a mistake. Those that aren't finite,
    such as a mask, stay as they are."""
    kept = {name: item.clone() for name, item in state_of(module).items()}
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, item in state_of(module).items():
            if item.is_floating_point() and bool(item.isfinite().all()):
                scale = 0.1 * item.std(correction=0) + 0.02
                item.add_(torch.randn(item.shape, generator=generator).mul_(scale))
                if name.endswith("running_var"):
                    item.abs_().add_(0.1)
    try:
        yield
    finally:
        restore(module, kept)


def restore(module: nn.Module, kept: Mapping[str, Tensor]) -> None:
    """Put back the numbers of a module; how it loads a state may be its own affair."""
    with torch.no_grad():
        for name, item in state_of(module).items():
            item.copy_(kept[name])


def _listed(result: object) -> list[Tensor]:
    if isinstance(result, Tensor):
        return [result]
    if isinstance(result, Mapping):
        return [tensor for item in result.values() for tensor in _listed(item)]
    assert isinstance(result, Sequence), "it gives tensors"
    return [tensor for item in result for tensor in _listed(item)]


def _sizes(item: Tensor | None) -> str:
    return "none" if item is None else str(list(item.shape))
