"""Helpers for tests: modules under torch.compile and torch.export, against the same modules as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

BACKEND = "aot_eager"
"""It traces all that inductor would, and generates no code."""


def compiles(module: nn.Module, inputs: Sequence[Tensor], backend: str = BACKEND, whole: bool = True) -> None:
    """The module gives the same under torch.compile; as one graph if `whole`."""
    torch._dynamo.reset()  # a module's code is compiled a few times only, for all modules together
    compiled = torch.compile(module, fullgraph=whole, backend=backend)
    _same(module, compiled, inputs)


def exports(module: nn.Module, inputs: Sequence[Tensor]) -> None:
    """What torch.export makes of the module gives the same."""
    _same(module, torch.export.export(module, tuple(inputs)).module(), inputs)


def _same(module: nn.Module, other: Callable[..., Any], inputs: Sequence[Tensor]) -> None:
    results: list[tuple[Tensor, ...]] = []
    for computed in (module, other):
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(0)  # some layers draw in evaluation too
            results.append(several(computed(*inputs)))
    for ours, theirs in zip(*results, strict=True):
        torch.testing.assert_close(theirs, ours, equal_nan=True)


def several(result: Any) -> tuple[Tensor, ...]:
    return tuple(result) if isinstance(result, tuple | list) else (result,)
