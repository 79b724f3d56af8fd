"""Local response normalisation."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError, Shape


class LocalResponseNorm(Elementwise):
    """Divide each number by a power of the squares of its neighbours in nearby channels: torch.nn.LocalResponseNorm.

    Krizhevsky, Sutskever and Hinton, ImageNet Classification with Deep Convolutional Neural Networks, NIPS 2012.
    """

    module: ClassVar = "LocalResponseNorm"
    positional: ClassVar = ("size",)
    torch_names: ClassVar = ("torch.nn.LocalResponseNorm",)
    aliases: ClassVar = ("lrn",)
    examples: ClassVar = (Example("local_response_norm(5)", into=(16, 8, 8), out=(16, 8, 8)),)

    size: Annotated[PositiveInt, Field(description="how many neighbouring channels")]
    alpha: Annotated[float, Field(description="weight of the squares")] = 1e-4
    beta: Annotated[float, Field(description="the power")] = 0.75
    k: Annotated[float, Field(description="added to the squares")] = 1.0

    def infer(self, x: Shape) -> Shape:
        if x.rank < 2:
            raise MisfitError(f"`local_response_norm` takes channels with something in them, [channels, …], not {x}")
        return x

    def channels(self, ties: Ties, x: Value) -> Channels:
        ties.fix(x.axes[0], "{place} normalizes over neighbors")
        return Channels((x.axes,))

    def deterministic(self, x: Shape) -> bool:
        return len(x.spatial) < 2
