"""Dropout that keeps mean and variance."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class AlphaDropout(Elementwise):
    """In training set each number to the negative limit of selu with probability p, then bring mean and variance back:
    torch.nn.AlphaDropout. It goes with selu.

    Klambauer et al., Self-Normalizing Neural Networks, NIPS 2017.
    """

    module: ClassVar = "AlphaDropout"
    positional: ClassVar = ("p",)
    torch_names: ClassVar = ("torch.nn.AlphaDropout",)
    examples: ClassVar = (Example("alpha_dropout(0.1)", into=(128,), out=(128,)),)

    p: Annotated[float, Field(ge=0, lt=1, description="probability that a number is replaced")] = 0.5

    def varies(self, *, training: bool) -> bool:
        return training and self.p > 0
