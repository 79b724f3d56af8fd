"""Stochastic depth."""

from __future__ import annotations

from torch import Tensor, nn


class StochasticDepth(nn.Module):
    """In training sets whole samples, [N, …], to 0 with probability p and scales the others by 1 / (1 - p)."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        kept = x.new_empty((x.shape[0], *(1,) * (x.dim() - 1))).bernoulli_(1 - self.p)
        return x * kept.div_(1 - self.p)

    def extra_repr(self) -> str:
        return f"p={self.p}"
