"""Vectors for indices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Count, Ties, Value, places
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.values import NonNegativeInt, PositiveInt
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class Embedding(Layer):
    """A learned vector for each index, such as a word by its number: torch.nn.Embedding. It takes indices."""

    positional: ClassVar = ("num_embeddings", "embedding_dim")
    dtypes: ClassVar = ("int64",)
    index_count: ClassVar = "num_embeddings"
    torch_names: ClassVar = ("torch.nn.Embedding",)
    aliases: ClassVar = (
        "lookup",
        "embed",
    )
    unlike_torch: ClassVar = {
        "max_norm": "`constraints = max_norm(…)` in `train`",
        "norm_type": "the norm of `constraints` is the Euclidean one",
        "sparse": "optimizers take dense gradients here",
    }
    examples: ClassVar = (Example("embedding(1000, 64)", into=(128,), out=(128, 64), indices=True),)

    num_embeddings: Annotated[PositiveInt, Field(description="how many indices there are: those from 0 to below it")]
    embedding_dim: Annotated[PositiveInt, Field(description="size of each vector")]
    padding_idx: Annotated[NonNegativeInt | None, Field(description="an index whose vector is 0 and isn't learned")] = (
        None
    )
    scale_grad_by_freq: Annotated[
        bool, Field(description="divide the gradient of a vector by how often its index is in the batch")
    ] = False

    def check(self) -> None:
        if self.padding_idx is not None and self.padding_idx >= self.num_embeddings:
            raise MisfitError(
                f"`padding_idx={self.padding_idx}` is none of the {self.num_embeddings} indices", argument="padding_idx"
            )

    def infer(self, x: Shape) -> Shape:
        return Shape((*x.dims, self.embedding_dim))

    def channels(self, ties: Ties, x: Value) -> Channels:
        made, indices = ties.new(self.embedding_dim), places(self.num_embeddings)
        return Channels(((*x.axes, made),), {"weight": (*indices, made)}, {"embedding_dim": Count(made)})

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Embedding(
            self.num_embeddings, self.embedding_dim, self.padding_idx, scale_grad_by_freq=self.scale_grad_by_freq
        )

    def parameters(self, x: Shape) -> dict[str, tuple[int, ...]]:
        return {"weight": (self.num_embeddings, self.embedding_dim)}
