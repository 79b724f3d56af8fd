"""The whole Transformer: an encoder, and a decoder that attends to what the encoder gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Inputs
from netspec.catalogue.layers._transformer import TransformerLayer, attention_flops
from netspec.catalogue.values import PositiveInt
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class Transformer(TransformerLayer):
    """An encoder of a source and a decoder of a target that attends to it: torch.nn.Transformer, batch_first.

    `source -> transformer(target)`. Both are sequences of vectors of one width, [sequence, features]; it gives one as
    long as the target. `causal` is about the target: the source is seen whole. Every layer starts with values of its
    own, drawn as torch.nn.Transformer draws them.

    Vaswani et al., Attention Is All You Need, NIPS 2017.
    """

    inputs: ClassVar = Inputs(("source", "target"))
    inferred: ClassVar = "d_model"
    torch_names: ClassVar = ("torch.nn.Transformer",)
    unlike_torch: ClassVar = {
        "custom_encoder": "a module; `transformer_encoder` and `transformer_decoder` are put together instead",
        "custom_decoder": "a module; `transformer_encoder` and `transformer_decoder` are put together instead",
    }
    examples: ClassVar = (
        Example("transformer", into=((30, 64), (20, 64)), out=(20, 64)),
        Example(
            "transformer(nhead=4, num_encoder_layers=2, num_decoder_layers=3, dim_feedforward=128, causal=true)",
            into=((30, 64), (20, 64)),
            out=(20, 64),
        ),
    )

    nhead: Annotated[PositiveInt, Field(description="heads of every attention")] = 8
    num_encoder_layers: Annotated[PositiveInt, Field(le=64, description="layers of the encoder")] = 6
    num_decoder_layers: Annotated[PositiveInt, Field(le=64, description="layers of the decoder")] = 6
    causal: Annotated[
        bool, Field(description="no place of the target attends to later ones, as in a language model")
    ] = False

    def infer(self, source: Shape, target: Shape) -> Shape:
        self.check_sequence(source)
        self.check_memory(target, source)
        return target

    def build(self, source: Shape, target: Shape) -> nn.Module:
        from netspec.modules import transformer

        numbers = (self.num_encoder_layers, self.num_decoder_layers)
        return transformer.Transformer(target.last, *numbers, **self.arguments())

    def parameters(self, source: Shape, target: Shape) -> dict[str, tuple[int, ...]]:
        width = target.last
        norm = {"norm.weight": (width,), **({"norm.bias": (width,)} if self.bias else {})}
        parts = (
            ("encoder", self.num_encoder_layers, self.tensors(width, ("self_attn",))),
            ("decoder", self.num_decoder_layers, self.tensors(width, ("self_attn", "multihead_attn"))),
        )
        found: dict[str, tuple[int, ...]] = {}
        for part, count, one in parts:
            found |= {f"{part}.layers.{layer}.{name}": sizes for layer in range(count) for name, sizes in one.items()}
            found |= {f"{part}.{name}": sizes for name, sizes in norm.items()}
        return found

    def flops(self, source: Shape, target: Shape) -> int:
        encoder = attention_flops(source, source, source) + self.feed_forward_flops(source)
        attentions = attention_flops(target, target, target) + attention_flops(target, source, source)
        return self.num_encoder_layers * encoder + self.num_decoder_layers * (
            attentions + self.feed_forward_flops(target)
        )
