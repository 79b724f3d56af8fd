"""Normal numbers for layers with ReLU."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.initializers._variance import Kaiming


class KaimingNormal(Kaiming):
    """Normal numbers, so spread that a layer and its activation keep the variance: torch.nn.init.kaiming_normal_.

    He et al., Delving Deep into Rectifiers, ICCV 2015.
    """

    function: ClassVar = "kaiming_normal_"
    torch_names: ClassVar = ("torch.nn.init.kaiming_normal_",)
    aliases: ClassVar = ("he_normal",)
    examples: ClassVar = (Example("kaiming_normal(mode=fan_out, nonlinearity=relu)"),)
