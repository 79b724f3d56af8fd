"""Operations of torch that move, cut and join tensors, as modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


class Function(nn.Module):
    """A function of tensors with its other arguments: `Function(torch.mean, dim=1)`."""

    def __init__(self, function: Callable[..., Any], **arguments: Any) -> None:
        super().__init__()
        self.function = function
        self.arguments = arguments

    def forward(self, *inputs: Tensor) -> Any:
        return self.function(*inputs, **self.arguments)

    def extra_repr(self) -> str:
        name = getattr(self.function, "__name__", "")
        return ", ".join([name, *(f"{name}={value}" for name, value in self.arguments.items())])


class Concat(nn.Module):
    """Tensors one behind the other along a dimension. Those at the places `shared`, [1, …], are for every sample."""

    def __init__(self, dim: int, shared: frozenset[int] = frozenset()) -> None:
        super().__init__()
        self.dim = dim
        self.shared = shared

    def forward(self, *inputs: Tensor) -> Tensor:
        batch = next(x.shape[0] for index, x in enumerate(inputs) if index not in self.shared)
        every = (x.expand(batch, *x.shape[1:]) if index in self.shared else x for index, x in enumerate(inputs))
        return torch.cat(tuple(every), self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Stack(nn.Module):
    """Tensors side by side along a new dimension."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *inputs: Tensor) -> Tensor:
        return torch.stack(inputs, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Reshape(nn.Module):
    """Other sizes for the same numbers of each sample."""

    def __init__(self, *sizes: int) -> None:
        super().__init__()
        self.sizes = sizes

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], *self.sizes)

    def extra_repr(self) -> str:
        return ", ".join(map(str, self.sizes))


class Slice(nn.Module):
    """A part of a dimension: every `step`-th place from `start` to before `stop`."""

    def __init__(self, dim: int, start: int | None, stop: int | None, step: int) -> None:
        super().__init__()
        self.dim = dim
        self.part = slice(start, stop, step)

    def forward(self, x: Tensor) -> Tensor:
        dim = self.dim % x.dim()
        return x[(slice(None),) * dim + (self.part,)]

    def extra_repr(self) -> str:
        return f"dim={self.dim}, {self.part.start}:{self.part.stop}:{self.part.step}"
