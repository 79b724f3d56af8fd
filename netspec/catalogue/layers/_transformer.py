"""Layers of a Transformer: their arguments and the tensors of their parts."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.channels import Axes, Channels, Count, Ties, Value, places
from netspec.catalogue.layers import Layer
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError, Shape


class TransformerLayer(Layer):
    """Attention and a feed-forward network, each with a shortcut and a layer normalisation."""

    attends: ClassVar = True

    nhead: Annotated[PositiveInt, Field(description="heads of the attention")]
    dim_feedforward: Annotated[PositiveInt, Field(description="width of the feed-forward network")] = 2048
    dropout: Annotated[float, Field(ge=0, lt=1, description="probability of every dropout in it")] = 0.1
    activation: Annotated[Literal["relu", "gelu"], Field(description="the feed-forward network's activation")] = "relu"
    layer_norm_eps: Annotated[float, Field(gt=0, description="added to the variance in normalisation")] = 1e-5
    norm_first: Annotated[bool, Field(description="normalise before each part instead of behind it")] = False
    bias: Annotated[bool, Field(description="add learned biases")] = True
    causal: Annotated[bool, Field(description="no place attends to later ones, as in a language model")] = False

    def varies(self, *, training: bool) -> bool:
        return training and self.dropout > 0

    def channels(self, ties: Ties, *x: Value) -> Channels:
        for value in x:
            for axis in value.axes:
                ties.fix(axis, "{place} attends to all of them")
        hidden, tensors = ties.new(self.dim_feedforward), dict[str, Axes]()
        shapes = tuple(value.shape for value in x)
        for name, sizes in self.parameters(*shapes).items():
            # every layer of a stack has the same number of hidden features
            if name.endswith(("linear1.weight", "linear1.bias")):
                tensors[name] = (hidden, *places(*sizes[1:]))
            elif name.endswith("linear2.weight"):
                tensors[name] = (*places(sizes[0]), hidden)
        outputs = tuple(places(*shape.dims) for shape in self.outputs(*shapes))
        return Channels(outputs, tensors, {"dim_feedforward": Count(hidden)})

    def check_sequence(self, x: Shape) -> None:
        if x.rank != 2:
            raise MisfitError(f"`{self.name()}` takes a sequence of vectors, [sequence, features], not {x}")
        if x.last % self.nhead:
            raise MisfitError(f"`nhead={self.nhead}` doesn't divide the {x.last} features", argument="nhead")

    def check_memory(self, target: Shape, memory: Shape) -> None:
        self.check_sequence(target)
        if memory.rank != 2 or memory.last != target.last:
            raise MisfitError(f"the memory has vectors of {target.last}, [sequence, {target.last}], not {memory}")

    def tensors(self, width: int, attentions: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
        """The learned tensors of a layer with these attentions."""
        found: dict[str, tuple[int, ...]] = {}
        for name in attentions:
            found |= {f"{name}.in_proj_weight": (3 * width, width), f"{name}.in_proj_bias": (3 * width,)}
            found |= {f"{name}.out_proj.weight": (width, width), f"{name}.out_proj.bias": (width,)}
        wide = self.dim_feedforward
        found |= {"linear1.weight": (wide, width), "linear1.bias": (wide,)}
        found |= {"linear2.weight": (width, wide), "linear2.bias": (width,)}
        for number in range(1, len(attentions) + 2):
            found |= {f"norm{number}.weight": (width,), f"norm{number}.bias": (width,)}
        return {name: sizes for name, sizes in found.items() if self.bias or not name.endswith("bias")}

    def feed_forward_flops(self, x: Shape) -> int:
        return 4 * x.size * self.dim_feedforward

    def arguments(self) -> dict[str, Any]:
        """The arguments of a layer's module beside the width."""
        return {name: getattr(self, name) for name in TransformerLayer.model_fields} | {"batch_first": True}


class TransformerStack(TransformerLayer):
    """Layers above one another; their fields are those of one, which all of them share."""

    unlike_torch: ClassVar = {"norm": "whether there is one, instead of a module"}

    num_layers: Annotated[PositiveInt, Field(le=64, description="how many layers stand above one another")]
    norm: Annotated[
        bool, Field(description="normalise what comes out of the last one, as torch.nn.Transformer does")
    ] = False

    def stacked(self, width: int, attentions: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
        """The learned tensors of all layers."""
        one = self.tensors(width, attentions)
        found = {f"layers.{layer}.{name}": sizes for layer in range(self.num_layers) for name, sizes in one.items()}
        found |= {"norm.weight": (width,), "norm.bias": (width,)} if self.norm else {}
        return {name: sizes for name, sizes in found.items() if self.bias or not name.endswith("bias")}


def attention_flops(query: Shape, key: Shape, value: Shape) -> int:
    """Operations of an attention: projections to queries, keys, values and results, and its two products."""
    projections = (2 * query.size + key.size + value.size) * query.last
    return 2 * projections + 4 * query.size * key.dims[0]
