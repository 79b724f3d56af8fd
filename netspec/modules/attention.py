"""torch's attention as a layer with one result, and positions of a sequence."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Attention(nn.MultiheadAttention):
    """Attention from [N, L, E] to keys [N, S, K] and values [N, S, V]; gives [N, L, E].

    The keys are the queries where they are left out, and the values the keys.
    """

    def forward(  # type: ignore[override]
        self, query: Tensor, key: Tensor | None = None, value: Tensor | None = None
    ) -> Tensor:
        key = query if key is None else key
        return super().forward(query, key, key if value is None else value, need_weights=False)[0]


class PositionalEncoding(nn.Module):
    """Adds to [N, L, E] sines and cosines of the position, with wavelengths from 2 pi to 10 000 times 2 pi.

    Even features e have sin(position / 10000^(e / E)), odd ones the cosine with e - 1.
    """

    table: Tensor

    def __init__(self, length: int, features: int) -> None:
        super().__init__()
        position = torch.arange(length, dtype=torch.float64).unsqueeze(1)
        even = torch.arange(0, features, 2, dtype=torch.float64)
        angles = position / 10000 ** (even / features)
        table = torch.zeros(length, features, dtype=torch.float64)
        table[:, 0::2] = angles.sin()
        table[:, 1::2] = angles.cos()[:, : features // 2]
        # it follows from the sizes, so it isn't kept with the weights
        self.register_buffer("table", table.to(torch.get_default_dtype()), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.table
