"""Numbers that overflow: whether they did, and where they did first."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any

import torch
from torch import Tensor, nn


def all_finite(tensors: Iterable[Tensor]) -> bool:
    """Whether no number is infinite or none; the device is waited for once."""
    # the sum of numbers of which one isn't finite isn't; that of large ones may overflow, which 0 times them doesn't
    checks = [(tensor * 0).sum() for tensor in tensors if tensor.is_floating_point()]
    return not checks or bool(torch.stack(checks).sum().isfinite())


def gradients(parameters: Iterable[nn.Parameter]) -> list[Tensor]:
    return [parameter.grad for parameter in parameters if parameter.grad is not None]


def first_overflow(network: nn.Module, inputs: tuple[Tensor, ...]) -> str | None:
    """What of a network overflowed first, in words: a parameter, or else what a layer gives for an input.

    None if neither did, so that it must be the loss itself.
    """
    for name, parameter in network.named_parameters():
        if not all_finite([parameter]):
            return f"the step before made `{name}` overflow"
    found: list[str] = []

    def look(name: str) -> Any:
        def hook(module: nn.Module, taken: tuple[Any, ...], given: Any) -> None:
            if isinstance(given, Tensor) and not all_finite([given]):
                found.append(name)

        return hook

    with ExitStack() as hooks, torch.no_grad():
        for name, module in network.named_modules():
            if name and not any(module.children()):
                hooks.callback(module.register_forward_hook(look(name)).remove)
        network.forward(*inputs)  # as it is: what is compiled calls no hooks
    return f"`{found[0]}` gives numbers that aren't finite" if found else None
