"""Networks in which nothing reads some channels, and their outputs."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import torch
from torch import Tensor

from netspec.builder.network import build_graph
from netspec.program.channels import ChannelMap
from netspec.program.graph import Graph

BATCH = 2


def random_state(graph: Graph, seed: int = 0, dtype: torch.dtype = torch.float64) -> dict[str, Tensor]:
    """Random tensors of a network: norms have a shift, so that a channel of zeros isn't one behind them."""
    generator = torch.Generator().manual_seed(seed)
    state = build_graph(graph, 0).state_dict()
    found: dict[str, Tensor] = {}
    for name, item in state.items():
        if not item.is_floating_point():
            found[name] = item
        elif item.dim() < 2:
            found[name] = torch.rand(item.shape, generator=generator, dtype=dtype) + 0.5
        else:
            fan = max(1, item[0].numel())
            found[name] = torch.randn(item.shape, generator=generator, dtype=dtype) / fan**0.5
    return found


def silenced(channels: ChannelMap, removed: Collection[int], state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of the network with 0 wherever an operation reads one of the removed channels."""
    found = dict(state)
    for name, dim in channels.reads:
        axis = channels.tensors[name][dim]
        silent = torch.tensor([channels.root(channel) in removed for channel in axis])
        shape = [-1 if place == dim else 1 for place in range(state[name].dim())]
        found[name] = found[name].masked_fill(silent.reshape(shape), 0)
    return found


def outputs(graph: Graph, state: Mapping[str, Tensor], seed: int = 0) -> list[Tensor]:
    """What the network gives in evaluation for random inputs."""
    dtype = next(item.dtype for item in state.values() if item.is_floating_point())
    network = build_graph(graph, 0).to(dtype).eval()
    network.load_state_dict(dict(state))
    generator = torch.Generator().manual_seed(seed)
    inputs = [
        torch.randint(0, 9, (BATCH, *item.shape.dims), generator=generator)
        if item.shape.dtype == "int64"
        else torch.rand((BATCH, *item.shape.dims), generator=generator, dtype=dtype)
        for item in graph.inputs
    ]
    with torch.no_grad():
        found = network(*inputs)
    return list(found.values()) if isinstance(found, dict) else [found]
