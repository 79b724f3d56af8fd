"""torch's recurrent layers with one tensor as their result, so that they stand in a row with other layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


def _forward(forward: Callable[[Tensor], Any], x: Tensor) -> Any:
    """torch's own; on CUDA in the precision of the weights, since torch.autocast has the kernels there compute in
    float16, whatever it is asked for."""
    if not x.is_cuda:
        return forward(x)
    with torch.autocast("cuda", enabled=False):
        return forward(x.float())


def _result(output: Tensor, state: Tensor, last: bool, directions: int) -> Tensor:
    """The outputs [N, L, D H], or the last layer's states after the last step [N, D H], directions side by side."""
    return torch.cat(tuple(state[-directions:]), dim=1) if last else output


class LSTM(nn.LSTM):
    """Long short-term memory over [N, L, H_in]; gives all outputs, or the last states if `last`."""

    def __init__(self, input_size: int, hidden_size: int, last: bool, **arguments: Any) -> None:
        super().__init__(input_size, hidden_size, batch_first=True, **arguments)
        self.last = last

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        output, (state, _) = _forward(super().forward, x)
        return _result(output, state, self.last, 2 if self.bidirectional else 1)


class GRU(nn.GRU):
    """Gated recurrent unit over [N, L, H_in]; gives all outputs, or the last states if `last`."""

    def __init__(self, input_size: int, hidden_size: int, last: bool, **arguments: Any) -> None:
        super().__init__(input_size, hidden_size, batch_first=True, **arguments)
        self.last = last

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        output, state = _forward(super().forward, x)
        return _result(output, state, self.last, 2 if self.bidirectional else 1)


class RNN(nn.RNN):
    """Elman's recurrent network over [N, L, H_in]; gives all outputs, or the last states if `last`."""

    def __init__(self, input_size: int, hidden_size: int, last: bool, **arguments: Any) -> None:
        super().__init__(input_size, hidden_size, batch_first=True, **arguments)
        self.last = last

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        output, state = _forward(super().forward, x)
        return _result(output, state, self.last, 2 if self.bidirectional else 1)
