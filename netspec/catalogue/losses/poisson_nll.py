"""Negative log-likelihood of counts."""

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


class PoissonNLL(Loss):
    """How unlikely the targets, which are counts, are for a Poisson distribution: torch.nn.PoissonNLLLoss.

    The network gives one number, the logarithm of the count that is expected.
    """

    of: ClassVar = Number
    scalable: ClassVar = False
    torch_names: ClassVar = ("torch.nn.PoissonNLLLoss",)
    aliases: ClassVar = ("poisson",)
    examples: ClassVar = (
        Example("poisson_nll"),
        Example("poisson_nll(full=true)"),
    )

    log_input: Annotated[bool, Field(description="whether the output is the logarithm, or the count itself")] = True
    full: Annotated[bool, Field(description="whether the part that no weight changes is added, by Stirling")] = False
    eps: Annotated[float, Field(gt=0, description="added to a count before its logarithm is taken")] = 1e-8

    def outputs(self, target: Target, output: Shape) -> dict[Shape, str]:
        require_numbers(self, target)
        return {Shape.of(1): "the logarithm of the count" if self.log_input else "the count"}

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from torch import nn

        from netspec.modules.losses import Converted, indicators

        return Converted(nn.PoissonNLLLoss(log_input=self.log_input, full=self.full, eps=self.eps), indicators)

    def decide(self, output: Tensor, target: Target) -> Tensor:
        return output.squeeze(1).exp() if self.log_input else output.squeeze(1)

    def python_decision(self, target: Target, output: Shape) -> str:
        return "output.squeeze(1).exp()" if self.log_input else "output.squeeze(1)"
