"""Normal numbers for layers with tanh."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.initializers._variance import Xavier


class XavierNormal(Xavier):
    """Normal numbers that keep the variance forward and back about as it is: torch.nn.init.xavier_normal_.

    Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010.
    """

    function: ClassVar = "xavier_normal_"
    torch_names: ClassVar = ("torch.nn.init.xavier_normal_",)
    aliases: ClassVar = ("glorot_normal",)
    examples: ClassVar = (Example("xavier_normal"),)
