"""A pruned program computes what the network computes in which nothing reads the channels that were removed."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from netspec.checker import check_file
from netspec.program.program import Program
from netspec.program.pruning import chosen
from netspec.program.shrinking import tensor_sizes
from netspec.pruner.pruned import Pruned, channels_of, pruned
from netspec.pruner.scores import scores
from tests.pruner.random_networks import random_spec
from tests.pruner.silence import outputs, random_state, silenced
from tests.specs import ROOT, check

ZOO = sorted((ROOT / "specs" / "zoo").glob("*.net"))
NETWORKS = 300
TOGETHER = 20


def program_of(text: str) -> Program:
    return check(text).require()


def equal(ones: list[Tensor], others: list[Tensor]) -> None:
    for one, other in zip(ones, others, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-5 * max(1.0, float(other.abs().max())))


def compare(program: Program, share: float, *, per_layer: bool = False, dtype: torch.dtype = torch.float64) -> Pruned:
    """Prune a program, and compare what its text computes with the silenced network."""
    state = random_state(program.graph, dtype=dtype)
    channels = channels_of(program)
    found = pruned(program, state, share, per_layer=per_layer)
    removed = chosen(channels, scores(channels, state, "l1"), share, per_layer=per_layer)
    assert len(removed) == found.removed
    checked = check(found.text)
    graph = checked.require().graph
    assert tensor_sizes(graph) == {name: tuple(item.shape) for name, item in found.state.items()}
    equal(outputs(graph, found.state), outputs(program.graph, silenced(channels, removed, state)))
    return found


@pytest.mark.parametrize("start", range(0, NETWORKS, TOGETHER))
def test_a_random_network_without_some_channels_gives_what_it_gives_if_nothing_reads_them(start: int) -> None:
    removed = 0
    for seed in range(start, start + TOGETHER):
        program = program_of(random_spec(seed))
        removed += compare(program, (0.3, 0.5, 0.9)[seed % 3], per_layer=seed % 2 == 0).removed
    assert removed > TOGETHER


@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)
def test_a_known_network_without_half_of_its_channels_gives_what_it_gives_if_nothing_reads_them(path: Path) -> None:
    program = check_file(path).require()
    found = compare(program, 0.5, dtype=torch.float32)
    assert found.removed == found.candidates // 2
    assert found.graph.parameter_count < program.graph.parameter_count
