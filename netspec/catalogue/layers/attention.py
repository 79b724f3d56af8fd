"""Attention with several heads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Inputs, Layer
from netspec.catalogue.values import PositiveInt
from netspec.shapes import Misfit, Shape

if TYPE_CHECKING:
    from torch import nn


class Attention(Layer):
    """Attention with several heads over [sequence, features]: torch.nn.MultiheadAttention with batch_first.

    Alone it attends to what comes in; `query -> attention(memory, num_heads=8)` attends from one sequence to another.

    Vaswani et al., Attention Is All You Need, NIPS 2017.
    """

    inputs: ClassVar = Inputs(("query", "memory"), optional=1)
    inferred: ClassVar = "embed_dim"
    examples: ClassVar = (
        Example("attention(num_heads=4)", into=(20, 64), out=(20, 64)),
        Example("attention(num_heads=4)", into=((20, 64), (50, 32)), out=(20, 64)),
    )

    num_heads: Annotated[PositiveInt, Field(description="parts that the features are divided into, each on its own")]
    dropout: Annotated[float, Field(ge=0, lt=1, description="dropout on the weights of the attention")] = 0.0
    bias: Annotated[bool, Field(description="add learned biases")] = True

    def infer(self, query: Shape, memory: Shape | None = None) -> Shape:
        for x in (query, memory or query):
            if x.rank != 2:
                raise Misfit(f"`attention` takes sequences of vectors, [sequence, features], not {x}")
        if query.last % self.num_heads:
            reason = f"`num_heads={self.num_heads}` doesn't divide the {query.last} features"
            raise Misfit(reason, argument="num_heads")
        return query

    def build(self, query: Shape, memory: Shape | None = None) -> nn.Module:
        from netspec.modules.attention import Attention

        width = (memory or query).last
        return Attention(query.last, self.num_heads, self.dropout, self.bias, kdim=width, vdim=width, batch_first=True)

    def parameters(self, query: Shape, memory: Shape | None = None) -> dict[str, tuple[int, ...]]:
        width, other = query.last, (memory or query).last
        if width == other:
            found = {"in_proj_weight": (3 * width, width)}
        else:
            found = {"q_proj_weight": (width, width), "k_proj_weight": (width, other), "v_proj_weight": (width, other)}
        found |= {"in_proj_bias": (3 * width,)} if self.bias else {}
        found |= {"out_proj.weight": (width, width)}
        return found | {"out_proj.bias": (width,)} if self.bias else found
