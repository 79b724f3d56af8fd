"""Chance: every random choice follows from the seed and from what it is for, and from nothing drawn before."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Generator


def seed_for(seed: int, *purpose: str | int) -> int:
    """A seed of 63 bits for one purpose: `seed_for(0, "order", epoch)`. Another purpose gives an unrelated one."""
    text = json.dumps([seed, *purpose])  # unlike a plain join, it keeps "a", "b" and "ab" apart
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def generator(seed: int, *purpose: str | int) -> Generator:
    """A generator on the CPU, so that all devices draw the same."""
    import torch

    return torch.Generator().manual_seed(seed_for(seed, *purpose))
