"""ONNX files, which torch.onnx writes and ONNX Runtime reads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import torch

from netspec.exporter.contract import BATCH, SIZES
from netspec.exporter.exportable import Exportable, Forward
from netspec.exporter.tracing import quiet, traced, translated


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
        with translated():  # and nothing else: it is called for every batch that is timed
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
    names = _names(graph.input)
    for value in (*graph.input, *graph.output):
        for dim in value.type.tensor_type.shape.dim:
            for symbol, name in names.items():
                if dim.dim_param:
                    dim.dim_param = re.sub(rf"\b{re.escape(symbol)}\b", name, dim.dim_param)


def _names(values: Any) -> dict[str, str]:
    """What the sizes that aren't numbers are called, by the names that torch gives them."""
    shapes = [value.type.tensor_type.shape.dim for value in values]
    places = {0: BATCH, 2: SIZES[0], 3: SIZES[1]}
    return {
        shape[place].dim_param: name
        for shape in shapes
        for place, name in places.items()
        if place < len(shape) and shape[place].dim_param
    }
