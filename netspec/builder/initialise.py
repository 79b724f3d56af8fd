"""The first values that a program gives to parameters in the place of torch's."""

from __future__ import annotations

import torch
from torch import nn

from netspec.program.program import Program
from netspec.program.randomness import generator
from netspec.program.training import initial_values


def initialise(network: nn.Module, program: Program) -> None:
    """Fill the parameters that `train.init` selects, each by a chance of its own, so that no other rule moves it."""
    parameters = dict(network.named_parameters())
    with torch.no_grad():
        for name, initializer in initial_values(program.train, program.graph).items():
            initializer.fill(parameters[name], generator(program.train.seed, "init", name))
