"""PT2 archives, which torch.export writes and reads."""

from __future__ import annotations

import io
import json
from pathlib import Path

import torch

from netspec.exporter.exportable import Exportable, Forward
from netspec.exporter.tracing import quiet, traced

FACTS = "netspec.json"
"""The file in the archive that has the metadata."""


def write(exportable: Exportable, path: Path) -> None:
    program = traced(exportable)
    # else the archive has a pickle with the samples that it was traced with
    program.example_inputs = None
    buffer = io.BytesIO()
    with quiet():
        torch.export.save(
            program, buffer, extra_files={FACTS: json.dumps(dict(exportable.metadata), ensure_ascii=False)}
        )
    path.write_bytes(buffer.getvalue())


def load(path: Path, exportable: Exportable) -> Forward:
    with quiet():
        # written a moment ago by us: an archive of somebody else may run code, and none is ever loaded
        module = torch.export.load(path).module()
    return lambda inputs: module(*inputs)
