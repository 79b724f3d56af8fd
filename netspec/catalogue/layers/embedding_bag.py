"""One vector for several indices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers.embedding import Embedding
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class EmbeddingBag(Embedding):
    """The mean, the sum or the largest of the learned vectors of all indices of a sample: torch.nn.EmbeddingBag.

    It takes indices, as many for each sample, and forgets their order.
    """

    torch_names: ClassVar = ("torch.nn.EmbeddingBag",)
    unlike_torch: ClassVar = {"include_last_offset": "every sample has as many indices, so there are no offsets"}
    examples: ClassVar = (Example("embedding_bag(1000, 64)", into=(128,), out=(64,), indices=True),)

    mode: Annotated[Literal["mean", "sum", "max"], Field(description="what is made of the vectors")] = "mean"

    def check(self) -> None:
        super().check()
        if self.mode == "max" and self.scale_grad_by_freq:
            raise MisfitError("`mode=max` has no gradients to scale by frequency", argument="scale_grad_by_freq")

    def infer(self, x: Shape) -> Shape:
        if x.rank != 1:
            raise MisfitError(f"`embedding_bag` takes a list of indices, not {x}")
        return Shape((self.embedding_dim,))

    def channels(self, ties: Ties, x: Value) -> Channels:
        ties.fix(x.axes[0], "{place} makes one vector of all of them")
        found = super().channels(ties, x)
        return replace(found, outputs=(found.outputs[0][1:],))

    def deterministic(self, x: Shape) -> bool:
        return self.mode != "max"

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.EmbeddingBag(
            self.num_embeddings,
            self.embedding_dim,
            scale_grad_by_freq=self.scale_grad_by_freq,
            mode=self.mode,
            padding_idx=self.padding_idx,
        )
