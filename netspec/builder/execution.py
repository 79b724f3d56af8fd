"""How a network is computed on a device: the memory format of images and the precision of its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

from netspec.program.execution import IMAGE, is_channels_last
from netspec.program.program import Program

V = TypeVar("V")

Values = Tensor | dict[str, Tensor]
"""What a network gives: one value, or several by their names."""


@dataclass(frozen=True)
class Execution:
    """With `channels_last` the numbers of a pixel lie next to each other, from the input on. With a `dtype` other than
    float32, torch.autocast computes in it what it holds to be safe; what comes out is float32 all the same. With
    `as_written` no operations change places."""

    channels_last: bool = False
    dtype: torch.dtype = torch.float32
    as_written: bool = False

    @classmethod
    def of(cls, program: Program) -> Execution:
        return cls(is_channels_last(program), getattr(torch, program.train.precision))

    def __call__(self, forward: Callable[..., Values], *inputs: Tensor) -> Values:
        """What `forward` makes of the inputs, as float32."""
        values = self.computed(forward, *self.arranged(*inputs))
        if self.dtype == torch.float32:
            return values
        if isinstance(values, dict):
            return {name: value.float() for name, value in values.items()}
        return values.float()

    def arranged(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """The inputs of a network as they lie in memory where it is computed."""
        device = inputs[0].device.type
        if self.channels_last and (device == "cpu" or (device == "cuda" and self.dtype != torch.float32)):
            return tuple(_channels_last(value) if value.ndim == 1 + IMAGE else value for value in inputs)
        return inputs

    def computed(self, forward: Callable[..., V], *inputs: Tensor) -> V:
        """What `forward` makes of values, in the type that it is computed in."""
        if self.dtype == torch.float32:
            return forward(*inputs)
        with torch.autocast(inputs[0].device.type, self.dtype):
            return forward(*inputs)


PLAIN = Execution()
AS_WRITTEN = Execution(as_written=True)


def _channels_last(images: Tensor) -> Tensor:
    # a single channel lies both ways at once, and torch's `contiguous` would leave it as it is
    return torch.empty_like(images, memory_format=torch.channels_last).copy_(images)
