"""Uniform numbers for layers with tanh."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.initializers._variance import Xavier


class XavierUniform(Xavier):
    """Uniform numbers that keep the variance forward and back about as it is: torch.nn.init.xavier_uniform_.

    Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010.
    """

    function: ClassVar = "xavier_uniform_"
    torch_names: ClassVar = ("torch.nn.init.xavier_uniform_",)
    aliases: ClassVar = ("glorot_uniform",)
    examples: ClassVar = (Example("xavier_uniform"), Example("xavier_uniform(gain=0.5)"))
