"""Layers of a Transformer: their arguments and the tensors of their parts."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.layers import Layer
from netspec.catalogue.values import PositiveInt
from netspec.shapes import Misfit, Shape


class TransformerLayer(Layer):
    """Attention and a feed-forward network, each with a shortcut and a layer normalisation."""

    positional: ClassVar = ("nhead",)

    nhead: Annotated[PositiveInt, Field(description="heads of the attention")]
    dim_feedforward: Annotated[PositiveInt, Field(description="width of the feed-forward network")] = 2048
    dropout: Annotated[float, Field(ge=0, lt=1, description="probability of every dropout in it")] = 0.1
    activation: Annotated[Literal["relu", "gelu"], Field(description="the feed-forward network's activation")] = "relu"
    layer_norm_eps: Annotated[float, Field(gt=0, description="added to the variance in normalisation")] = 1e-5
    norm_first: Annotated[bool, Field(description="normalise before each part instead of behind it")] = False
    bias: Annotated[bool, Field(description="add learned biases")] = True

    def check_sequence(self, x: Shape) -> None:
        if x.rank != 2:
            raise Misfit(f"`{self.name()}` takes a sequence of vectors, [sequence, features], not {x}")
        if x.last % self.nhead:
            raise Misfit(f"`nhead={self.nhead}` doesn't divide the {x.last} features", argument="nhead")

    def tensors(self, width: int, attentions: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
        """The learned tensors of a layer with these attentions."""
        found: dict[str, tuple[int, ...]] = {}
        for name in attentions:
            found |= {f"{name}.in_proj_weight": (3 * width, width), f"{name}.out_proj.weight": (width, width)}
            found |= {f"{name}.in_proj_bias": (3 * width,), f"{name}.out_proj.bias": (width,)} if self.bias else {}
        wide = self.dim_feedforward
        found |= {"linear1.weight": (wide, width), "linear2.weight": (width, wide)}
        found |= {"linear1.bias": (wide,), "linear2.bias": (width,)} if self.bias else {}
        for number in range(1, len(attentions) + 2):
            found |= {f"norm{number}.weight": (width,)}
            found |= {f"norm{number}.bias": (width,)} if self.bias else {}
        return found

    def arguments(self) -> dict[str, object]:
        """The arguments of torch's module beside the width."""
        return {name: getattr(self, name) for name in type(self).model_fields} | {"batch_first": True}
