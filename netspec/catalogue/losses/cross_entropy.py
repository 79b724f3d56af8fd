"""Cross-entropy of classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.losses._weighted import Weighted
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor, nn


class CrossEntropy(Weighted):
    """Minus the log of the softmax of the right class: torch.nn.CrossEntropyLoss.

    The network gives one number for each class, before any softmax.
    """

    activation: ClassVar = "softmax"
    common: ClassVar = 1
    torch_names: ClassVar = ("torch.nn.CrossEntropyLoss",)
    aliases: ClassVar = (
        "categorical_crossentropy",
        "sparse_categorical_crossentropy",
        "ce",
        "softmax_loss",
        "log_loss",
    )
    examples: ClassVar = (
        Example("cross_entropy"),
        Example("cross_entropy(label_smoothing=0.1)"),
        Example("cross_entropy(weight=balanced)"),
        Example("cross_entropy(weight=[1, 2, 0.5])"),
        Example('cross_entropy(weight=[class_weight("cat", 3)])'),
    )

    label_smoothing: Annotated[
        float, Field(ge=0, lt=1, description="share of the target that is spread evenly over all classes")
    ] = 0.0

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from torch import nn

        return nn.CrossEntropyLoss(weight=self.weights(classes), label_smoothing=self.label_smoothing)

    def probabilities(self, output: Tensor) -> Tensor:
        return output.softmax(1)

    def python_probabilities(self, output: Shape) -> str:
        return "output.double().softmax(1)"
