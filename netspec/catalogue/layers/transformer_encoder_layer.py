"""A layer of a Transformer's encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._transformer import TransformerLayer, attention_flops
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class TransformerEncoderLayer(TransformerLayer):
    """Attention of a sequence to itself, and a feed-forward network: torch.nn.TransformerEncoderLayer, batch_first.

    It takes and gives [sequence, features]; `transformer_encoder` is several of them.

    Vaswani et al., Attention Is All You Need, NIPS 2017.
    """

    positional: ClassVar = ("nhead",)
    inferred: ClassVar = "d_model"
    torch_names: ClassVar = ("torch.nn.TransformerEncoderLayer",)
    examples: ClassVar = (Example("transformer_encoder_layer(4, dim_feedforward=128)", into=(20, 64), out=(20, 64)),)

    def infer(self, x: Shape) -> Shape:
        self.check_sequence(x)
        return x

    def build(self, x: Shape) -> nn.Module:
        from netspec.modules import transformer

        return transformer.TransformerEncoderLayer(x.last, **self.arguments())

    def parameters(self, x: Shape) -> dict[str, tuple[int, ...]]:
        return self.tensors(x.last, ("self_attn",))

    def flops(self, x: Shape) -> int:
        return attention_flops(x, x, x) + self.feed_forward_flops(x)
