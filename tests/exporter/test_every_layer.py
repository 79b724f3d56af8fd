"""Every layer is the same in ONNX files and PT2 archives, or says why it can't be in one."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from netspec.catalogue.entry import entries
from netspec.catalogue.layers import Layer
from netspec.exporter.exportable import Exportable, Forward
from netspec.exporter.formats import onnx
from tests.campaigns.campaign import Mismatch
from tests.catalogue.layer_cases import Case
from tests.catalogue.test_conformance import made, shapes_of
from tests.exporter.side_by_side import SUFFIXES, try_out

TOGETHER = 18
"""Layers of one file."""


def case(layer: type[Layer], number: int = 0) -> Case:
    """An example of a layer."""
    example = layer.examples[number]
    found = made(Layer, example)
    assert isinstance(found, Layer)
    return found, shapes_of(example)


CASES = [case(layer) for layer in entries(Layer) if layer.examples[0].inputs]
GROUPS = [CASES[place : place + TOGETHER] for place in range(0, len(CASES), TOGETHER)]
LACKING = [
    pytest.param(format, entry, number, id=f"{format}-{entry.examples[number].text}")
    for entry in entries(Layer)
    for number in range(len(entry.examples))
    for format in SUFFIXES
    if entry.examples[number].inputs and case(entry, number)[0].not_exported(format, *case(entry, number)[1])
]


@pytest.mark.parametrize("format", SUFFIXES)
@pytest.mark.parametrize("group", GROUPS, ids=lambda group: f"{group[0][0].name()} to {group[-1][0].name()}")
def test_a_file_computes_what_the_layers_compute_for_any_number_of_samples(
    format: str, group: list[Case], tmp_path: Path
) -> None:
    try_out(group, format, tmp_path)


@pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning")  # it isn't fast on the CPU
@pytest.mark.parametrize(("format", "entry", "number"), LACKING)
def test_a_layer_with_a_reason_really_cannot_be_in_such_a_file(
    format: str, entry: type[Layer], number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry, "not_exported", lambda *_: None)
    with pytest.raises(Mismatch):
        try_out([case(entry, number)], format, tmp_path)


def test_tensors_that_are_no_operation_are_the_only_layers_that_are_not_tried() -> None:
    tried = {layer.name() for layer, _ in CASES}
    assert {entry.name() for entry in entries(Layer)} - tried == {"buffer", "parameter"}
    assert len(LACKING) == 7, "another reason has to be looked at: is it really so?"


def test_a_layer_that_computes_something_else_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    relu = next(found for found in CASES if found[0].name() == "relu")

    def load(path: Path, wanted: Exportable) -> Forward:
        right = onnx.load(path, wanted)
        return lambda inputs: right(inputs) + 1e-3

    monkeypatch.setattr(
        "tests.exporter.side_by_side.format_named", lambda _: SimpleNamespace(write=onnx.write, load=load)
    )
    with pytest.raises(Mismatch, match="differs by"):
        try_out([relu], "onnx", tmp_path)
