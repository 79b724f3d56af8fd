"""Rectified linear unit with a random slope."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise
from netspec.shapes import MisfitError


class RReLU(Elementwise):
    """x where it is positive, a random slope times x elsewhere: torch.nn.RReLU.

    In training every number has a slope of its own between the bounds, in evaluation the one in their middle.

    Xu et al., Empirical Evaluation of Rectified Activations in Convolutional Network, 2015.
    """

    module: ClassVar = "RReLU"
    cannot_export: ClassVar = {"onnx": "ONNX has no such operator; `leaky_relu` is the nearest"}
    positional: ClassVar = (
        "lower",
        "upper",
    )
    torch_names: ClassVar = ("torch.nn.RReLU",)
    examples: ClassVar = (Example("rrelu(0.1, 0.3)", into=(128,), out=(128,)),)

    lower: Annotated[float, Field(description="the smallest slope")] = 1 / 8
    upper: Annotated[float, Field(description="the largest slope")] = 1 / 3

    def varies(self, *, training: bool) -> bool:
        return training and self.lower < self.upper

    def check(self) -> None:
        if self.lower > self.upper:
            raise MisfitError(f"the slopes are from `lower={self.lower}` to `upper={self.upper}`", argument="upper")
