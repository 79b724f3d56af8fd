"""Loss of a distance between two things."""

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


class HingeEmbedding(Loss):
    """The distance of two things that are alike, what is missing to a margin of others: torch.nn.HingeEmbeddingLoss.

    The network gives the distance, one number; the second class is that of pairs that are alike. A pair is taken for
    alike where its distance is below half the margin.
    """

    torch_names: ClassVar = ("torch.nn.HingeEmbeddingLoss",)
    examples: ClassVar = (
        Example("hinge_embedding"),
        Example("hinge_embedding(margin=2)"),
    )

    margin: Annotated[float, Field(gt=0, description="the distance that pairs that differ are to have")] = 1.0

    def outputs(self, target: Target, output: Shape) -> dict[Shape, str]:
        require_two_classes(self, target)
        return {Shape.of(1): "a distance"}

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from torch import nn

        from netspec.modules.losses import Converted, signs

        return Converted(nn.HingeEmbeddingLoss(margin=self.margin), signs)

    def decide(self, output: Tensor, target: Target) -> Tensor:
        return (output.squeeze(1) < self.margin / 2).long()

    def python_decision(self, target: Target, output: Shape) -> str:
        return f"(output.squeeze(1) < {self.margin / 2!r}).long()"
