"""The specs that come with netspec as exported files: their networks with random weights, on few samples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch

from netspec import api
from netspec.builder import build
from netspec.catalogue.sections.export import Export
from netspec.data.prepare import RawSplits, load_splits, prepare_splits
from netspec.exporter.exporting import export_all
from netspec.exporter.subject import Subject
from netspec.program.exporting import obstacles
from netspec.program.parts import parts_of
from netspec.program.program import Program
from netspec.saved.export_record import ExportRecord
from tests.e2e.test_specs import with_few, with_noise

FILES = Export(onnx="network.onnx", pt2="network.pt2", safetensors="network.safetensors")


def exports_of(path: Path, folder: Path, formats: Export = FILES) -> Iterator[ExportRecord]:
    """What becomes of the network of a spec in each format, and with as much inside as its loss allows."""
    program = with_few(with_noise(api.check(path)))
    program = next((part.of(program) for part in parts_of(program)), program)
    subject, raw = untrained(program)
    activation = program.loss.judging[0].entry.activation
    inside = formats.model_copy(update={"inside": ("transform", *([activation] if activation else ()))})
    for export in (formats, inside):
        if not any(obstacles(export, program)):
            yield from export_all(subject, export, raw, folder)


def untrained(program: Program) -> tuple[Subject, RawSplits]:
    """A network with its initial weights in the place of a trained one, and its data."""
    raw = load_splits(program)
    data = prepare_splits(raw, torch.device("cpu"))
    network = build(program.with_sections(program.train.model_copy(update={"init": ()})))
    return Subject.of(data.program, network.state_dict(), data.data_record.fitted, data.scaling), raw
