"""Safetensors files: the weights of a network by their names."""

from __future__ import annotations

from pathlib import Path

from safetensors.torch import load_file, save_file

from netspec.builder import build_empty
from netspec.exporter.contract import as_one_text
from netspec.exporter.exportable import Exportable, Forward


def write(exportable: Exportable, path: Path) -> None:
    state = {name: tensor.contiguous() for name, tensor in exportable.subject.network.state_dict().items()}
    save_file(state, path, metadata=as_one_text(exportable.metadata))


def load(path: Path, exportable: Exportable) -> Forward:
    subject = exportable.subject
    network = build_empty(subject.program)
    network.load_state_dict(load_file(path))
    network.eval()
    return lambda inputs: subject.finished(network(*inputs), None)
