"""Numbers that overflow: whether tensors are finite, and what of a network overflowed first."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any

import torch
from torch import Tensor, nn


def all_finite(tensors: Iterable[Tensor]) -> bool:
    """Whether all elements are finite; the device is waited for once."""
    # a sum isn't finite if one of its terms isn't; that of large ones may overflow, but not that of 0 times them
    checks = [(tensor * 0).sum() for tensor in tensors if tensor.is_floating_point()]
    return not checks or bool(torch.stack(checks).sum().isfinite())


def gradients(parameters: Iterable[nn.Parameter]) -> list[Tensor]:
    return [parameter.grad for parameter in parameters if parameter.grad is not None]


def nonfinite_state(network: nn.Module) -> str | None:
    """The first tensor of a network's state that isn't finite, in words; None if all are."""
    parameters = {name for name, _ in network.named_parameters()}
    for name, tensor in network.state_dict().items():
        if not all_finite([tensor]):
            return f"the weight `{name}`" if name in parameters else f"the running statistic `{name}`"
    return None


def first_overflow(network: nn.Module, inputs: tuple[Tensor, ...]) -> str | None:
    """The parameter of a network that overflowed, else the first layer whose output does for these inputs, in words.

    None if there is none, so that it must be the loss itself.
    """
    for name, parameter in network.named_parameters():
        if not all_finite([parameter]):
            return f"the step before made `{name}` overflow"
    found: list[str] = []

    def check(name: str) -> Any:
        def hook(module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
            if isinstance(output, Tensor) and not all_finite([output]):
                found.append(name)

        return hook

    with ExitStack() as hooks, torch.no_grad():
        for name, module in network.named_modules():
            if name and not any(module.children()):
                hooks.callback(module.register_forward_hook(check(name)).remove)
        network.forward(*inputs)  # not compiled: that would call no hooks
    return f"`{found[0]}` gives numbers that aren't finite" if found else None
