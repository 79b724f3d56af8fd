"""Training as a person would write it with torch, to compare runs with."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from netspec.data.prepare import prepare
from netspec.program.program import Program
from netspec.program.randomness import seed_for

CPU = torch.device("cpu")
EPOCHS, BATCHES = 3, 8
"""Of the programs here: 240 samples of training in batches of 32, the last of 16."""

Weights = dict[str, Tensor]


def by_hand(program: Program, network: nn.Module, step: Callable[[int, int, Tensor, int], None]) -> Weights:
    """The loop as a person would write it; `step` is told the epoch, the batch, its loss and its size."""
    data = prepare(program, CPU)
    for epoch in range(EPOCHS):
        for batch, (inputs, targets) in enumerate(data.epoch(epoch + 1)):
            torch.manual_seed(seed_for(program.train.seed, "batch", epoch + 1, batch))
            step(epoch, batch, nn.functional.cross_entropy(network(*inputs), targets), len(targets))
    return network.state_dict()


def assert_equal(found: Weights, expected: Weights) -> None:
    assert [name for name in expected if not torch.equal(found[name], expected[name])] == []
