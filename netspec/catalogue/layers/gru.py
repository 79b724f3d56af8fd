"""Gated recurrent unit."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._recurrent import Recurrent


class GRU(Recurrent):
    """Gated recurrent unit over [sequence, features]: torch.nn.GRU with batch_first.

    It gives the outputs of all steps, or with `output=last` the state after the last one.

    Cho et al., Learning Phrase Representations using RNN Encoder-Decoder, EMNLP 2014.
    """

    gates: ClassVar = 3
    torch_names: ClassVar = ("torch.nn.GRU",)
    examples: ClassVar = (
        Example("gru(64)", into=(20, 32), out=(20, 64)),
        Example("gru(64, bidirectional=true, output=last)", into=(20, 32), out=(128,)),
    )
