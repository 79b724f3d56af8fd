"""Values of a network for all samples, computed once and stored; and what tells tensors apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from math import prod

import numpy as np
import torch
from torch import Tensor

from netspec.builder.views import Layout, View, layout
from netspec.memory import allocate


@torch.no_grad()
def stored(
    view: View, batches: Iterable[Sequence[Tensor]], count: int
) -> tuple[tuple[Tensor, ...], tuple[Layout, ...]]:
    """The values of a view for `count` samples, each [N, …] on the CPU, from batches of what it takes; and how each lay
    in memory. Raises OutOfSpace."""
    found: list[Tensor] = []
    layouts: tuple[Layout, ...] = ()
    start = 0
    for inputs in batches:
        values = view(*inputs)
        layouts = layouts or tuple(map(layout, values))
        found = found or [_empty((count, *value.shape[1:]), value.dtype) for value in values]
        for kept, value in zip(found, values, strict=True):
            kept[start : start + len(value)].copy_(value)
        start += len(inputs[0])
    return tuple(found), layouts


def _empty(shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    """An uninitialized tensor, in memory if it fits, else in a file. Raises OutOfSpace."""
    return torch.from_numpy(allocate((prod(shape) * dtype.itemsize,), np.uint8)).view(dtype).view(shape)


def digest_of(tensor: Tensor) -> str:
    """The SHA-256 of a tensor's numbers."""
    numbers = tensor.detach().cpu().reshape(-1).contiguous().view(torch.uint8).numpy()
    return sha256(numbers.data).hexdigest()
