"""Penalties: terms added to the loss to keep weights small."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Entry
from netspec.catalogue.values import Selectors

if TYPE_CHECKING:
    from torch import Tensor


class Penalty(Entry):
    """What is added to the loss in training for the size of the weights.

    The loss that is reported is the one without it, so that those of training and of validation can be compared.
    """

    kind: ClassVar[str] = "penalty"

    on: Annotated[
        Selectors,
        Field(
            description="the parameters that cost something; without it all with two dimensions or more, which leaves "
            "out biases and the scales of norms"
        ),
    ] = ()

    def compute(self, weights: Iterable[Tensor]) -> Tensor:
        """What the weights cost, a scalar."""
        raise NotImplementedError

    def python(self) -> str | None:
        """What `weights` cost as an expression; None if a script has no code for it."""
        return None
