"""The files of an import: a spec and the weights that its training starts from, proven as a run reads them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from netspec.builder import build
from netspec.builder.initialise import load
from netspec.builder.network import build_graph
from netspec.catalogue.entry import from_record
from netspec.catalogue.init_rules import Rule
from netspec.catalogue.sources import DataFolders
from netspec.checker import check_file
from netspec.formats.errors import DataError
from netspec.importer.imported import BODY, Imported
from netspec.importer.proof import Incoming, compare, graph_of
from netspec.lang.text.expressions import quoted
from netspec.problems import NetspecError
from netspec.program.training import Claim
from netspec.program.weights import match
from netspec.writer.errors import CannotTranslate


def store(found: Imported, module: nn.Module, inputs: Sequence[Incoming], spec: Path, weights: Path) -> None:
    """Write the tensors of an imported module beside its spec, and prove that a run begins with them.

    `spec` is written already. Raises CannotTranslate if what is read of both files isn't the module.
    """
    _save(found, weights)
    try:
        network = _begun(found, inputs, spec, weights)
    except NetspecError as error:
        first = error.diagnostics[0]
        raise CannotTranslate(f"a run can't start from its weights: {first.message}", first.help) from error
    except DataError as error:
        raise CannotTranslate(f"a run can't start from its weights: {error.reason}", error.help) from error
    state = network.state_dict()
    for name, item in found.tensors.items():
        if not torch.equal(state[found.prefix + name], item):
            raise CannotTranslate(f"the tensor `{name}` isn't the same when a run has loaded it")
    compare(module, network.eval(), inputs)


def _save(found: Imported, path: Path) -> None:
    from safetensors.torch import save_file

    tensors = {name: item.contiguous() for name, item in found.tensors.items()}
    seen: set[int] = set()
    for name, item in tensors.items():
        address = item.untyped_storage().data_ptr()
        if address in seen:  # a file has no tensor twice
            tensors[name] = item.clone()
        seen.add(address)
    save_file(tensors, path, metadata={"format": "pt"})


def _begun(found: Imported, inputs: Sequence[Incoming], spec: Path, weights: Path) -> nn.Module:
    """The network that a run of the spec begins with, or one of a spec that calls the block of a library file."""
    if found.block is None:
        return build(check_file(spec).require())
    text = f"from {quoted(spec.name)} import {found.block}\n{found.use}"
    graph = graph_of(text, inputs, None, spec.with_name("use.net"))
    rule = from_record(Rule, {"op": "from_file", "on": BODY, "file": weights.name}).loads()
    assert rule is not None, "it loads a file"
    file = rule.locate(DataFolders(spec.parent, spec.parent), graph.bodies)
    network = build_graph(graph, seed=0)
    names = tuple(tensor.name for tensor in graph.state_tensors)
    load(match(Claim("train.init[0]", rule, names), rule, file, graph), network.state_dict(keep_vars=True))
    return network
