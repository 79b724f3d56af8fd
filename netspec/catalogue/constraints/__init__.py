"""Constraints: limits that weights are projected onto after every step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Entry
from netspec.catalogue.values import Selectors

if TYPE_CHECKING:
    from torch import Tensor


class Constraint(Entry):
    """What the weights are brought back to when a step has moved them out of it."""

    kind: ClassVar[str] = "constraint"

    on: Annotated[
        Selectors,
        Field(
            description="the parameters that are held; without it all with two dimensions or more, which leaves out "
            "biases and the scales of norms"
        ),
    ] = ()

    def hold(self, weight: Tensor) -> Tensor:
        """The weight as it may be."""
        raise NotImplementedError

    def python(self) -> str | None:
        """The `weight` as it may be, as an expression; None if a script has no code for it."""
        return None
