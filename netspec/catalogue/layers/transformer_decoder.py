"""Layers of a Transformer's decoder above one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Inputs
from netspec.catalogue.layers._transformer import TransformerStack, attention_flops
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class TransformerDecoder(TransformerStack):
    """Several layers of attention of a sequence to itself and to a memory: torch.nn.TransformerDecoder, batch_first.

    `target -> transformer_decoder(memory, num_layers=6, nhead=8)`. Every layer starts with values of its own.

    Vaswani et al., Attention Is All You Need, NIPS 2017.
    """

    inputs: ClassVar = Inputs(("target", "memory"))
    torch_names: ClassVar = ("torch.nn.TransformerDecoder",)
    unlike_torch: ClassVar = {"decoder_layer": "the arguments of the layers are its own"}
    examples: ClassVar = (
        Example(
            "transformer_decoder(num_layers=6, nhead=4, dim_feedforward=128)", into=((20, 64), (50, 64)), out=(20, 64)
        ),
    )

    def infer(self, target: Shape, memory: Shape) -> Shape:
        self.check_memory(target, memory)
        return target

    def build(self, target: Shape, memory: Shape) -> nn.Module:
        from netspec.modules import transformer

        return transformer.TransformerDecoder(target.last, self.num_layers, self.norm, **self.arguments())

    def parameters(self, target: Shape, memory: Shape) -> dict[str, tuple[int, ...]]:
        return self.stacked(target.last, ("self_attn", "multihead_attn"))

    def flops(self, target: Shape, memory: Shape) -> int:
        attentions = attention_flops(target, target, target) + attention_flops(target, memory, memory)
        return self.num_layers * (attentions + self.feed_forward_flops(target))
