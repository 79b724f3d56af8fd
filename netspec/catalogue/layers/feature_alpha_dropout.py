"""Dropout of whole channels that keeps mean and variance."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise
from netspec.shapes import MisfitError, Shape


class FeatureAlphaDropout(Elementwise):
    """In training set whole channels to the negative limit of selu, then bring mean and variance back.

    torch.nn.FeatureAlphaDropout; it goes with selu.

    Klambauer et al., Self-Normalizing Neural Networks, NIPS 2017.
    """

    module: ClassVar = "FeatureAlphaDropout"
    positional: ClassVar = ("p",)
    torch_names: ClassVar = ("torch.nn.FeatureAlphaDropout",)
    examples: ClassVar = (Example("feature_alpha_dropout(0.1)", into=(16, 8, 8), out=(16, 8, 8)),)

    p: Annotated[float, Field(ge=0, lt=1, description="probability that a channel is replaced")] = 0.5

    def varies(self, *, training: bool) -> bool:
        return training and self.p > 0

    def infer(self, x: Shape) -> Shape:
        if not x.rank:
            raise MisfitError(
                f"`feature_alpha_dropout` takes channels, [channels, …], not {x}, one number for each sample"
            )
        return x
