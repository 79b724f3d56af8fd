"""First values for some parameters."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.init_rules import Rule
from netspec.catalogue.initializers import Initializer
from netspec.catalogue.values import Selectors


class Init(Rule):
    """Fill the parameters that are selected, after the network is built as torch builds it.

    Each parameter is filled by the first rule that selects it. What is drawn follows from the seed and from the name
    of the parameter, whatever else the network holds.
    """

    positional: ClassVar = ("on", "to")
    examples: ClassVar = (
        Example('init(":conv:weight", kaiming_normal(mode=fan_out))'),
        Example('init("*:bias", zeros)'),
        Example('init([":linear:weight", "!head"], truncated_normal(std=0.02))'),
    )

    on: Annotated[Selectors, Field(description="the parameters: `:conv:weight` are the weights of all `conv` layers")]
    to: Annotated[Initializer, Field(description="what they are filled with")]

    @property
    def selected(self) -> Selectors:
        return self.on

    def initializer(self) -> Initializer:
        return self.to
