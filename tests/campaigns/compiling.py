"""Layers with random arguments, and random networks, under torch.compile and torch.export: they give what they give as
they are.

    python -m tests.campaigns.compiling --count 1000 --start 0

Every second case is a network. NETSPEC_BACKEND=inductor compiles to machine code, which takes seconds for each.
"""

from __future__ import annotations

import os

import torch
from hypothesis import HealthCheck, Phase, given, seed, settings
from torch import nn

from netspec.builder import build
from netspec.catalogue.entry import names
from netspec.catalogue.layers import Layer
from netspec.shapes import MisfitError, Shape
from tests.campaigns.campaign import Mismatch, main
from tests.campaigns.generate import generate
from tests.catalogue.layer_cases import CASES, Case
from tests.compiled import BACKEND, compiles, exports
from tests.specs import check

RECURRENT = ("gru", "lstm", "rnn")
"""torch.compile doesn't take these into one graph."""
TENSORS = ("buffer", "parameter")
BATCH = 3
DRAWN = 20
"""How many cases of a layer are drawn until one is taken; the first ones are small."""


def try_one(number: int) -> str:
    """What became of the case of that number. Raises Mismatch where it doesn't compile or gives something else."""
    half, network = divmod(number, 2)
    return _network(half) if network else _layer(half)


def _layer(number: int) -> str:
    among = [name for name in names(Layer) if name not in TENSORS]
    turn, place = divmod(number, len(among))
    case = drawn_case(among[place], turn)
    if case is None:
        return "no arguments fitted"
    layer, shapes = case
    torch.manual_seed(number)
    module = layer.build(*shapes)
    assert isinstance(module, nn.Module)
    _compare(module, [_values(shape) for shape in shapes], layer.name() not in RECURRENT, f"{layer!r} {shapes}")
    return "layer"


def drawn_case(name: str, turn: int) -> Case | None:
    """The last of some cases that fits."""
    found: list[Case] = []

    @seed(turn)
    @settings(
        max_examples=DRAWN,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(CASES[name])
    def collect(case: Case) -> None:
        layer, shapes = case
        try:
            layer.check()
            layer.outputs(*shapes)
        except MisfitError:
            return
        found.append(case)

    collect()
    return found[-1] if found else None


def _values(shape: Shape) -> torch.Tensor:
    sizes = (BATCH, *shape.dims) if shape.batched else shape.dims
    return torch.zeros(sizes, dtype=torch.int64) if shape.dtype == "int64" else torch.rand(sizes)


def _network(number: int) -> str:
    network = generate(number)
    program = check(network.text).program
    if program is None:
        return "refused"
    whole = not any(node.layer.name() in RECURRENT for node in program.graph.nodes)
    inputs = [value.tensors[-1][:BATCH] for value in network.inputs.values()]
    _compare(build(program), inputs, whole, network.text)
    return "network"


def _compare(module: nn.Module, inputs: list[torch.Tensor], whole: bool, text: str) -> None:
    try:
        compiles(module.eval(), inputs, os.environ.get("NETSPEC_BACKEND", BACKEND), whole)
        exports(module, inputs)
    except Exception as error:
        raise Mismatch(f"{type(error).__name__}: {error}", text) from None


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(try_one, __doc__)
