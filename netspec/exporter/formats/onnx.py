"""ONNX files, which torch.onnx writes and ONNX Runtime reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from netspec.exporter.contract import BATCH
from netspec.exporter.exportable import Exportable, Forward
from netspec.exporter.tracing import quiet, traced


def write(exportable: Exportable, path: Path) -> None:
    program = traced(exportable)
    with quiet():
        exported: Any = torch.onnx.export(
            program,
            (),
            dynamo=True,
            verbose=False,
            input_names=exportable.input_names,
            output_names=[exportable.output_name],
        )
        model = exported.model_proto
    _tidy(model)
    model.producer_name, model.producer_version = "netspec", ""
    for name, text in exportable.metadata.items():
        model.metadata_props.add(key=name, value=text)
    path.write_bytes(model.SerializeToString(deterministic=True))


def load(path: Path, exportable: Exportable) -> Forward:
    return session(path)


def session(path: Path) -> Forward:
    """What an ONNX file computes, in one thread on the CPU."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    with quiet():
        found: Any = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [item.name for item in found.get_inputs()]

    def forward(inputs: Any) -> torch.Tensor:
        with quiet():
            values = {name: tensor.numpy() for name, tensor in zip(names, inputs, strict=True)}
            return torch.from_numpy(found.run(None, values)[0])

    return forward


def _tidy(model: Any) -> None:
    """Leave out what is about the code that the graph is from, and name the number of samples."""
    graph = model.graph
    del graph.value_info[:]
    for item in (model, graph, *graph.node, *graph.input, *graph.output, *graph.initializer):
        item.doc_string = ""
        del item.metadata_props[:]
    symbols = dict.fromkeys(_symbols(graph.input))
    for value in (*graph.input, *graph.output):
        for dim in value.type.tensor_type.shape.dim:
            for symbol in symbols:
                if dim.dim_param:
                    dim.dim_param = re.sub(rf"\b{re.escape(symbol)}\b", BATCH, dim.dim_param)


def _symbols(values: Any) -> Iterator[str]:
    """The names of sizes that aren't numbers."""
    for value in values:
        yield from (dim.dim_param for dim in value.type.tensor_type.shape.dim[:1] if dim.dim_param)
