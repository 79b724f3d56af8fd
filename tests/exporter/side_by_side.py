"""Layers side by side in one network, as exported files: one export of many costs little more than one of one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

from netspec.catalogue.layers import Layer
from netspec.catalogue.sections.export import Export
from netspec.exporter.exportable import Exportable
from netspec.exporter.formats import format_named
from netspec.exporter.tracing import TranslationError
from netspec.program.graph import Graph, Input, Output
from tests.campaigns.campaign import Mismatch
from tests.catalogue.layer_cases import Case
from tests.compiled import several

BATCH = 3
CLOSE = 1e-4
"""The largest difference of outputs that is allowed, relative and absolute."""
SUFFIXES = {"onnx": ".onnx", "pt2": ".pt2"}


class SideBySide(nn.Module):
    """Applies layers each to inputs of its own; all their outputs are one value [N, numbers]."""

    def __init__(self, cases: Sequence[Case]) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.ModuleList(layer.build(*shapes) for layer, shapes in cases)  # type: ignore[misc]
        self.counts = [len(shapes) for _, shapes in cases]

    def forward(self, *inputs: Tensor) -> Tensor:
        return torch.cat([part for parts in self.outputs(*inputs) for part in parts], 1)

    def outputs(self, *inputs: Tensor) -> list[list[Tensor]]:
        """The outputs [N, numbers] of each layer."""
        found: list[list[Tensor]] = []
        place = 0
        for layer, count in zip(self.layers, self.counts, strict=True):
            results = several(layer(*inputs[place : place + count]))
            found.append([result.reshape(result.shape[0], -1).float() for result in results])
            place += count
        return found


def exportable(cases: Sequence[Case]) -> Exportable:
    """A network of layers, with samples for it; what is of a run isn't there."""
    shapes = [shape for _, shapes in cases for shape in shapes]
    graph = Graph(tuple(Input(f"x{place}", shape) for place, shape in enumerate(shapes)), (), (Output("output", 0),))
    subject: Any = SimpleNamespace(program=SimpleNamespace(graph=graph))
    return Exportable(subject, Export(onnx="layers.onnx"), SideBySide(cases).eval(), drawn(cases, BATCH, 0), {})


def drawn(cases: Sequence[Case], count: int, seed: int) -> tuple[Tensor, ...]:
    """Samples for the layers at random."""
    generator = torch.Generator().manual_seed(seed)
    return tuple(
        torch.randint(0, _indices(layer), (count, *shape.dims), generator=generator)
        if shape.dtype == "int64"
        else torch.rand((count, *shape.dims), generator=generator) * 2 - 1
        for layer, shapes in cases
        for shape in shapes
    )


def _indices(layer: Layer) -> int:
    """How many different indices a layer takes."""
    return getattr(layer, layer.index_count) if layer.index_count is not None else 4


def try_out(cases: Sequence[Case], format: str, folder: Path) -> None:
    """Raises Mismatch if a file of the format can't be written, or computes something else."""
    cases = [(layer, shapes) for layer, shapes in cases if layer.not_exported(format, *shapes) is None]
    if not cases:
        return
    wanted, path, module = exportable(cases), folder / f"layers{SUFFIXES[format]}", format_named(format)
    try:
        module.write(wanted, path)
        forward = module.load(path, wanted)
    except TranslationError as error:
        raise Mismatch(f"{format}: {error}", _text(cases)) from error
    for count, seed in ((BATCH, 1), (1, 2), (5, 3)):
        inputs = drawn(cases, count, seed)
        with torch.no_grad():
            outputs = wanted.module.outputs(*inputs)  # type: ignore[operator]
            try:
                found = forward(inputs)
            except TranslationError as error:
                raise Mismatch(f"{format}, {count} samples: {error}", _text(cases)) from error
        place = 0
        for case, parts in zip(cases, outputs, strict=True):
            own = torch.cat(parts, 1)
            its, place = found[:, place : place + own.shape[1]], place + own.shape[1]
            if not torch.allclose(its, own, CLOSE, CLOSE, equal_nan=True):
                raise Mismatch(f"{format}, {count} samples: differs by {(its - own).abs().max():.2g}", _text([case]))


def _text(cases: Sequence[Case]) -> str:
    return "; ".join(f"{layer!r} {', '.join(map(str, shapes))}" for layer, shapes in cases)
