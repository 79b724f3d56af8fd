"""Layers of a Transformer's encoder above one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._transformer import TransformerStack, attention_flops
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class TransformerEncoder(TransformerStack):
    """Several layers of attention of a sequence to itself: torch.nn.TransformerEncoder, batch_first.

    It takes and gives [sequence, features]. Every layer starts with values of its own.

    Vaswani et al., Attention Is All You Need, NIPS 2017.
    """

    positional: ClassVar = ("num_layers", "nhead")
    torch_names: ClassVar = ("torch.nn.TransformerEncoder",)
    unlike_torch: ClassVar = {
        "encoder_layer": "the arguments of the layers are its own",
        "enable_nested_tensor": "for sequences of several lengths in one batch",
        "mask_check": "for sequences of several lengths in one batch",
    }
    examples: ClassVar = (Example("transformer_encoder(6, 4, dim_feedforward=128)", into=(20, 64), out=(20, 64)),)

    def infer(self, x: Shape) -> Shape:
        self.check_sequence(x)
        return x

    def build(self, x: Shape) -> nn.Module:
        from netspec.modules import transformer

        return transformer.TransformerEncoder(x.last, self.num_layers, self.norm, **self.arguments())

    def parameters(self, x: Shape) -> dict[str, tuple[int, ...]]:
        return self.stacked(x.last, ("self_attn",))

    def flops(self, x: Shape) -> int:
        return self.num_layers * (attention_flops(x, x, x) + self.feed_forward_flops(x))
