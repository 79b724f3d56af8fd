"""Constraints: limits that weights are projected onto after every step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

    def holder(self, weights: Sequence[Tensor], epochs: float, step: float) -> Callable[[], None]:
        """What projects the weights, in place, after the step that comes next; they are as they are before it.

        `epochs` is how many epochs have passed when the step is done, and `step` how long it is in epochs.
        """

        def project() -> None:
            for weight in weights:
                weight.copy_(self.hold(weight))

        return project

    def python(self) -> str | None:
        """The `weight` as it may be, as an expression; None if a script has no code for it."""
        return None
