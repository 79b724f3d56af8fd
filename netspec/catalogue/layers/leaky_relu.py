"""Leaky rectified linear unit."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class LeakyReLU(Elementwise):
    """x where it is positive, `negative_slope` times x elsewhere: torch.nn.LeakyReLU.

    Maas, Hannun and Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models, ICML 2013.
    """

    module: ClassVar = "LeakyReLU"
    positional: ClassVar = ("negative_slope",)
    torch_names: ClassVar = ("torch.nn.LeakyReLU",)
    aliases: ClassVar = ("lrelu",)
    examples: ClassVar = (Example("leaky_relu(0.1)", into=(128,), out=(128,)),)

    negative_slope: Annotated[float, Field(description="slope of the negative side")] = 0.01
