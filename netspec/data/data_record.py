"""Which data a run took, as a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class DataRecord:
    """Which data set a run took, and how it was divided.

    `source` is the source as the spec writes it, `note` why it isn't the first that the spec names (or None).
    `digest` is the SHA-256 of all inputs and targets. `statistics` is what each transform measured, in their order.
    """

    source: str
    note: str | None
    train: int
    validation: int
    test: int
    digest: str
    statistics: tuple[Mapping[str, list[float]], ...]

    @property
    def evaluated_split(self) -> Literal["test", "validation"] | None:
        """The split that a network is judged on in the end: validation where there is no test split."""
        return "test" if self.test else "validation" if self.validation else None
