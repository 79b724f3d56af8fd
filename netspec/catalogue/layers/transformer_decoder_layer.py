"""A layer of a Transformer's decoder."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Inputs
from netspec.catalogue.layers._transformer import TransformerLayer, attention_flops
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class TransformerDecoderLayer(TransformerLayer):
    """Attention of a sequence to itself and to a memory, and a feed-forward network.

    torch.nn.TransformerDecoderLayer with batch_first: `target -> transformer_decoder_layer(memory, nhead=8)`.

    Vaswani et al., Attention Is All You Need, NIPS 2017.
    """

    inputs: ClassVar = Inputs(("target", "memory"))
    inferred: ClassVar = "d_model"
    torch_names: ClassVar = ("torch.nn.TransformerDecoderLayer",)
    examples: ClassVar = (
        Example("transformer_decoder_layer(nhead=4, dim_feedforward=128)", into=((20, 64), (50, 64)), out=(20, 64)),
    )

    def infer(self, target: Shape, memory: Shape) -> Shape:
        self.check_memory(target, memory)
        return target

    def build(self, target: Shape, memory: Shape) -> nn.Module:
        from netspec.modules import transformer

        return transformer.TransformerDecoderLayer(target.last, **self.arguments())

    def parameters(self, target: Shape, memory: Shape) -> dict[str, tuple[int, ...]]:
        return self.tensors(target.last, ("self_attn", "multihead_attn"))

    def flops(self, target: Shape, memory: Shape) -> int:
        attentions = attention_flops(target, target, target) + attention_flops(target, memory, memory)
        return attentions + self.feed_forward_flops(target)
