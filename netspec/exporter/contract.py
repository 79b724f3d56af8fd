"""The contract of an exported file: what it takes, what it gives and how that is decided on, in its metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from netspec.catalogue.sections.export import Export
from netspec.exporter.subject import HALF, Subject
from netspec.program.written import written

VERSION = 1
"""The version of the contract."""
BATCH = "batch"
"""The name of the number of samples in shapes."""
SIZES = ("height", "width")
"""The names of the sizes of images in shapes."""


def contract(subject: Subject, export: Export, example: Sequence[Tensor], output: Tensor) -> dict[str, str]:
    """The contract as texts by their names, those that aren't plain texts as JSON; `example` is what a file takes for
    some samples, and `output` what it gives."""
    program, bounds = subject.program, export.bounds
    facts: dict[str, Any] = {
        "inputs": _inputs(subject, export, example),
        "output": {
            "name": output_name(subject),
            "dtype": _dtype(output),
            "shape": [BATCH, *output.shape[1:]],
            "values": _values(subject, export),
        },
        "decision": _decision(subject, export, output),
        "classes": list(program.type.target.labels),
        "inside": list(export.inside),
        "batch": [bounds.low, bounds.high],
        "size": [[one.low, one.high] for one in export.sizes or ()],
    }
    texts = {name: json.dumps(value, ensure_ascii=False) for name, value in facts.items() if value != []}
    return {"netspec": str(VERSION), "spec": program.name, "spec_hash": f"sha256:{program.hash}", **texts}


def as_one_text(facts: Mapping[str, str]) -> dict[str, str]:
    """A contract under one name, for files whose texts are written in any order: so their bytes follow from it."""
    return {"netspec": json.dumps(dict(facts), ensure_ascii=False)}


def shape_of(export: Export, values: Tensor) -> list[str | int]:
    """The shape of what a file takes, with names for the sizes that may be several."""
    if export.sizes is None:
        return [BATCH, *values.shape[1:]]
    return [BATCH, values.shape[1], *SIZES]


def output_name(subject: Subject) -> str:
    """The name of the output in a file."""
    return subject.program.graph.outputs[0].name


def _inputs(subject: Subject, export: Export, example: Sequence[Tensor]) -> list[dict[str, Any]]:
    return [
        {
            "name": item.name,
            "dtype": _dtype(values),
            "shape": shape_of(export, values),
            "field": str(processing.field),
            "values": "as the source has them" if export.transforms else "transformed",
            # of pixels that are bytes, the transforms take the fraction of 255
            "transform": [{"op": written(step), **processing.record(index)} for index, step in processing.transform],
        }
        for item, values, processing in zip(subject.program.graph.inputs, example, subject.processing, strict=True)
    ]


def _values(subject: Subject, export: Export) -> str:
    """What outputs are."""
    if not subject.program.type.target.labels:
        return "numbers in the units of the targets"
    return "outputs of the network" if export.activation is None else f"probabilities by {export.activation}"


def _decision(subject: Subject, export: Export, output: Tensor) -> dict[str, Any]:
    """How an output is decided on: `largest` of the classes, the second one of two `above` a threshold, the `number`
    itself, or as a `loss` reads it."""
    loss = subject.program.loss.judging[0].entry
    if subject.scaling is not None:
        return {"rule": "number"}
    if loss.decides:
        return {"rule": "loss", "loss": written(loss)}
    if not subject.program.type.target.labels:
        return {"rule": "number"}
    if output.shape[1] == 1:
        return {"rule": "above", "threshold": loss.middle if export.activation is None else HALF}
    return {"rule": "largest"}


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
