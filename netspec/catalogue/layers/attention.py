"""Attention with several heads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Inputs, Layer
from netspec.catalogue.layers._transformer import attention_flops
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class Attention(Layer):
    """Attention with several heads over [sequence, features]: torch.nn.MultiheadAttention with batch_first.

    Alone it attends to what comes in; `query -> attention(memory, num_heads=8)` attends from one sequence to another,
    and `query -> attention(key, value, num_heads=8)` to the values that stand beside its keys.

    Vaswani et al., Attention Is All You Need, NIPS 2017.
    """

    inputs: ClassVar = Inputs(("query", "key", "value"), optional=2)
    attends: ClassVar = True
    inferred: ClassVar = "embed_dim"
    torch_names: ClassVar = ("torch.nn.MultiheadAttention",)
    aliases: ClassVar = (
        "self_attention",
        "mha",
        "multi_head_self_attention",
    )
    unlike_torch: ClassVar = {
        "kdim": "taken from the keys that come in",
        "vdim": "taken from the values that come in",
        "add_bias_kv": "a learned key is a `parameter` and `concat`",
        "add_zero_attn": "a key of zeros is a `buffer` and `concat`",
    }
    examples: ClassVar = (
        Example("attention(num_heads=4)", into=(20, 64), out=(20, 64)),
        Example("attention(num_heads=4)", into=((20, 64), (50, 32)), out=(20, 64)),
        Example("attention(num_heads=4)", into=((20, 64), (50, 32), (50, 16)), out=(20, 64)),
    )

    num_heads: Annotated[PositiveInt, Field(description="parts that the features are divided into, each on its own")]
    dropout: Annotated[float, Field(ge=0, lt=1, description="dropout on the weights of the attention")] = 0.0
    bias: Annotated[bool, Field(description="add learned biases")] = True
    causal: Annotated[bool, Field(description="no place attends to later ones, as in a language model")] = False

    def varies(self, *, training: bool) -> bool:
        return training and self.dropout > 0

    def infer(self, *x: Shape) -> Shape:
        query, key, value = _all(*x)
        for shape in x:
            if shape.rank != 2:
                raise MisfitError(f"`attention` takes sequences of vectors, [sequence, features], not {shape}")
        if key.dims[0] != value.dims[0]:
            raise MisfitError(f"`attention` takes a value for each key, not {key} and {value}")
        if self.causal and query.dims[0] != key.dims[0]:
            raise MisfitError(f"`causal` needs a key for each query, not {query} and {key}", argument="causal")
        if query.last % self.num_heads:
            reason = f"`num_heads={self.num_heads}` doesn't divide the {query.last} features"
            raise MisfitError(reason, argument="num_heads")
        return query

    def build(self, *x: Shape) -> nn.Module:
        from netspec.modules.attention import Attention

        width, keys, values = (shape.last for shape in _all(*x))
        return Attention(width, self.num_heads, self.causal, self.dropout, self.bias, kdim=keys, vdim=values)

    def parameters(self, *x: Shape) -> dict[str, tuple[int, ...]]:
        width, keys, values = (shape.last for shape in _all(*x))
        if width == keys == values:
            found = {"in_proj_weight": (3 * width, width)}
        else:
            found = {"q_proj_weight": (width, width), "k_proj_weight": (width, keys), "v_proj_weight": (width, values)}
        found |= {"in_proj_bias": (3 * width,), "out_proj.weight": (width, width), "out_proj.bias": (width,)}
        return {name: sizes for name, sizes in found.items() if self.bias or not name.endswith("bias")}

    def flops(self, *x: Shape) -> int:
        return attention_flops(*_all(*x))


def _all(query: Shape, key: Shape | None = None, value: Shape | None = None) -> tuple[Shape, Shape, Shape]:
    """The three inputs; the keys are the queries where they are left out, and the values the keys."""
    key = key or query
    return query, key, value or key
