"""Loss of the angle between two vectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.losses import Loss
from netspec.catalogue.losses._outputs import require_two_classes
from netspec.catalogue.targets import Target
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor, nn


class CosineEmbedding(Loss):
    """1 - cos of two vectors that are alike, what cos is above a margin of others: torch.nn.CosineEmbeddingLoss.

    The network gives both vectors, as `stack(left, right)` does; the second class is that of pairs that are alike. A
    pair is taken for alike where its cosine is nearer to 1 than to the margin.
    """

    torch_names: ClassVar = ("torch.nn.CosineEmbeddingLoss",)
    aliases: ClassVar = (
        "cosine",
        "cosine_similarity",
        "cosine_distance",
    )
    examples: ClassVar = (
        Example("cosine_embedding"),
        Example("cosine_embedding(margin=0.2)"),
    )

    margin: Annotated[float, Field(ge=-1, le=1, description="the cosine that pairs that differ may have")] = 0.0

    def outputs(self, target: Target, output: Shape) -> dict[Shape, str]:
        require_two_classes(self, target)
        return {Shape.of(2, output.last): "two vectors"}

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from torch import nn

        from netspec.modules.losses import PairLoss

        return PairLoss(nn.CosineEmbeddingLoss(margin=self.margin))

    def decide(self, output: Tensor, target: Target) -> Tensor:
        from torch.nn.functional import cosine_similarity

        return (cosine_similarity(output[:, 0], output[:, 1]) > (1 + self.margin) / 2).long()

    def python_decision(self, target: Target, output: Shape) -> str:
        return f"(F.cosine_similarity(output[:, 0], output[:, 1]) > {(1 + self.margin) / 2!r}).long()"
