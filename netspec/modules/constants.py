"""Numbers beside others, on whatever device those are."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def constant(
    numbers: float | Sequence[float] | Sequence[Sequence[float]], beside: Tensor, dtype: torch.dtype
) -> Tensor:
    """A tensor of these numbers on the device of another, which isn't waited for."""
    return brought(torch.tensor(numbers, dtype=dtype), beside.device)


def brought(values: Tensor, device: torch.device) -> Tensor:
    """A tensor on a device. CUDA isn't waited for: what lies in usual memory is copied aside at once.

    Elsewhere the copy may come after the memory is somebody else's.
    """
    return values.to(device, non_blocking=device.type == "cuda")
