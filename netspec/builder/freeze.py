"""Tensors that stay as they are while the others are trained."""

from __future__ import annotations

from torch import nn

from netspec.program.program import Program
from netspec.program.training import frozen, frozen_layers


def freeze(network: nn.Module, program: Program) -> tuple[nn.Module, ...]:
    """Take the parameters that `train.freeze` selects out of the training.

    Gives the layers that are frozen as a whole, which stay in evaluation mode while the others train.
    """
    names = frozen(program.train, program.graph)
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(name not in names)
    modules = dict(network.named_modules())
    # a tensor by itself is no module and has no mode
    return tuple(modules[node.path] for node in frozen_layers(program.train, program.graph) if node.path in modules)
