"""torch's attention as a layer with one result, and tokens and positions of a sequence."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from netspec.modules.transformer import causal_mask


class Attention(nn.MultiheadAttention):
    """Attention from [N, L, E] to keys [N, S, K] and values [N, S, V]; gives [N, L, E].

    The keys are the queries where they are left out, and the values the keys. If `causal`, of L keys as well, a query
    sees none that stands after it.
    """

    def __init__(self, embed_dim: int, num_heads: int, causal: bool, *arguments: Any, **more: Any) -> None:
        super().__init__(embed_dim, num_heads, *arguments, **more, batch_first=True)
        self.causal = causal

    def forward(  # type: ignore[override]
        self, query: Tensor, key: Tensor | None = None, value: Tensor | None = None
    ) -> Tensor:
        key = query if key is None else key
        value = key if value is None else value
        mask = causal_mask(query) if self.causal else None
        return super().forward(query, key, value, need_weights=False, attn_mask=mask, is_causal=self.causal)[0]


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


class LearnedPositions(nn.Module):
    """Adds to [N, L, E] a learned vector for each position; they start around 0 with a standard deviation of 0.02."""

    def __init__(self, length: int, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(0.02 * torch.randn(length, features))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.weight


class ClassToken(nn.Module):
    """Puts a learned vector before [N, L, E]; gives [N, L + 1, E]. It starts at 0."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(features))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat((self.weight.expand(x.shape[0], 1, -1), x), dim=1)
