"""Scaled exponential linear unit."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._elementwise import Elementwise


class SELU(Elementwise):
    """An exponential linear unit with the scales under which activations keep mean 0 and variance 1: torch.nn.SELU.

    Klambauer et al., Self-Normalizing Neural Networks, NIPS 2017.
    """

    module: ClassVar = "SELU"
    torch_names: ClassVar = ("torch.nn.SELU",)
    examples: ClassVar = (Example("selu", into=(128,), out=(128,)),)
