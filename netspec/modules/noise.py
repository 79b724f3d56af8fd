"""Random numbers for every pixel, out of one number for each image: nothing is kept, and any device draws the same."""

from __future__ import annotations

from math import pi

import torch
from torch import Tensor

# those of SplitMix64 (Steele, Lea and Flood, 2014), as the signed numbers that torch has
GAMMA = 0x9E3779B97F4A7C15 - 2**64
MULTIPLIERS = (0xBF58476D1CE4E5B9 - 2**64, 0x94D049BB133111EB - 2**64)
SHIFTS = (30, 27, 31)
DIGITS = 24
"""How many binary digits float32 has for a fraction."""


def uniform(seeds: Tensor, *sizes: int) -> Tensor:
    """Numbers [B, *sizes] from 0 to below 1, those of an image by its seed, an int64."""
    return _fraction(_bits(seeds, *sizes), 64 - DIGITS)


def normal(seeds: Tensor, *sizes: int) -> Tensor:
    """Normal numbers [B, *sizes], by the rule of Box and Muller."""
    bits = _bits(seeds, *sizes)
    radius = (-2 * (1 - _fraction(bits, 64 - DIGITS)).log()).sqrt()
    return radius * (2 * pi * _fraction(bits, 64 - 2 * DIGITS)).cos()


def _bits(seeds: Tensor, *sizes: int) -> Tensor:
    """64 random bits for each number: the numbers from the seed on, stirred."""
    count = torch.Size(sizes).numel()
    indices = torch.arange(1, count + 1, device=seeds.device)
    bits = seeds.view(-1, 1) + indices * GAMMA
    for shift, multiplier in zip(SHIFTS, MULTIPLIERS, strict=False):
        bits = (bits ^ _shifted(bits, shift)) * multiplier
    return (bits ^ _shifted(bits, SHIFTS[-1])).view(-1, *sizes)


def _shifted(bits: Tensor, count: int) -> Tensor:
    """To the right, with zeros from the left as unsigned numbers have it."""
    return (bits >> count) & ((1 << 64 - count) - 1)


def _fraction(bits: Tensor, skipped: int) -> Tensor:
    """Some of the bits, behind the lowest that are skipped, as a fraction."""
    return (_shifted(bits, skipped) & ((1 << DIGITS) - 1)).float() / 2**DIGITS
