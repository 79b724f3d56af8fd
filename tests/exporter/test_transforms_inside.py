"""Every transform is the same inside of a file, where it is traced from the code that a run uses."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netspec.catalogue.entry import entries
from netspec.catalogue.sections.export import Export
from netspec.catalogue.transforms import Transform
from netspec.exporter.exportable import Exportable
from netspec.exporter.formats import format_named
from netspec.program.graph import Graph, Input, Output
from netspec.shapes import Shape
from tests.catalogue.test_conformance import made

EXAMPLES = [
    (found, example.inputs[0])
    for entry in entries(Transform)
    for example in entry.examples
    if isinstance(found := made(Transform, example), Transform) and example.text != "normalize(pretrained)"
]
"""`normalize(pretrained)` is `normalize` with the numbers of the weights."""


class SideBySide(nn.Module):
    """Transforms, each of an input of its own; all outputs are one value [N, numbers]."""

    def __init__(self, examples: list[tuple[Transform, Any]]) -> None:
        super().__init__()
        self.examples = examples

    def forward(self, *inputs: Tensor) -> Tensor:
        pairs = zip(self.examples, inputs, strict=True)
        return torch.cat([transform.apply(x, fitted).flatten(1).float() for (transform, fitted), x in pairs], 1)


def drawn(sizes: tuple[int, ...], count: int, seed: int) -> Tensor:
    """Samples as sources have them: rows of a table with an empty cell, or images."""
    values = torch.rand((count, *sizes), generator=torch.Generator().manual_seed(seed))
    return values.double().masked_fill(values > 0.95, torch.nan) if len(sizes) == 1 else values


@pytest.mark.parametrize("format", ["onnx", "pt2"])
def test_a_file_transforms_samples_as_a_run_does(format: str, tmp_path: Path) -> None:
    samples = [torch.nan_to_num(drawn(sizes, 40, 0)) for _, sizes in EXAMPLES]
    fitted = [(one, one.fit([x])) for (one, _), x in zip(EXAMPLES, samples, strict=True)]
    module, example = SideBySide(fitted), tuple(drawn(sizes, 3, 1) for _, sizes in EXAMPLES)
    names = tuple(Input(f"x{place}", Shape(sizes)) for place, (_, sizes) in enumerate(EXAMPLES))
    subject: Any = SimpleNamespace(program=SimpleNamespace(graph=Graph(names, (), (Output("output", 0),))))
    exportable = Exportable(subject, Export(onnx="transforms.onnx"), module, example, {})
    writer, path = format_named(format), tmp_path / f"transforms.{format}"
    writer.write(exportable, path)
    forward = writer.load(path, exportable)
    for count in (1, 5):
        inputs = tuple(drawn(sizes, count, count + 1) for _, sizes in EXAMPLES)
        torch.testing.assert_close(forward(inputs), module(*inputs), rtol=1e-5, atol=1e-5, equal_nan=True)


def test_a_transform_that_says_nothing_is_refused_and_all_of_the_catalogue_say_that_they_can_be() -> None:
    assert isinstance(Transform.not_exported, str)
    assert [entry.name() for entry in entries(Transform) if entry.not_exported is not None] == []
