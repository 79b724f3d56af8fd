"""Uniform numbers for layers with ReLU."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.initializers._variance import Kaiming


class KaimingUniform(Kaiming):
    """Uniform numbers, so spread that a layer and its activation keep the variance: torch.nn.init.kaiming_uniform_.

    He et al., Delving Deep into Rectifiers, ICCV 2015.
    """

    function: ClassVar = "kaiming_uniform_"
    torch_names: ClassVar = ("torch.nn.init.kaiming_uniform_",)
    aliases: ClassVar = ("he_uniform",)
    examples: ClassVar = (Example("kaiming_uniform(nonlinearity=relu)"),)
