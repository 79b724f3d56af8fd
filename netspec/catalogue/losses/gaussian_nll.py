"""Negative log-likelihood of numbers, whose spread is predicted too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.losses import Loss
from netspec.catalogue.losses._outputs import require_numbers
from netspec.catalogue.targets import Target
from netspec.catalogue.targets.number import Number
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor, nn


class GaussianNLL(Loss):
    """How unlikely the targets are for a normal distribution: torch.nn.GaussianNLLLoss.

    The network gives two numbers, the mean and the logarithm of the variance, which any number may be; torch's takes
    the variance itself.
    """

    of: ClassVar = Number
    torch_names: ClassVar = ("torch.nn.GaussianNLLLoss",)
    examples: ClassVar = (
        Example("gaussian_nll"),
        Example("gaussian_nll(full=true)"),
    )

    full: Annotated[bool, Field(description="whether the part that no weight changes is added")] = False
    eps: Annotated[float, Field(gt=0, description="the smallest variance")] = 1e-6

    def outputs(self, target: Target, output: Shape) -> dict[Shape, str]:
        require_numbers(self, target)
        return {Shape.of(2): "the mean and the logarithm of the variance"}

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from netspec.modules.losses import LogVarianceNLLLoss

        return LogVarianceNLLLoss(full=self.full, eps=self.eps)

    def decide(self, output: Tensor, target: Target) -> Tensor:
        return output[:, 0]

    def python_decision(self, target: Target, output: Shape) -> str:
        return "output[:, 0]"
