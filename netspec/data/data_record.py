"""Which data a run took, as a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from netspec.catalogue.sections.evaluate import Evaluate


@dataclass(frozen=True)
class DataRecord:
    """Which data set a run took, and how it was divided.

    `source` is the source as the spec writes it, `note` why it isn't the first that the spec names (or None).
    `digest` is the SHA-256 of all inputs and targets. `fitted` is what each transform learned, as JSON data, in
    their order, and `target_fitted` what those of the targets learned. `warnings` are what the data makes likely a
    mistake, each in a sentence.
    """

    source: str
    note: str | None
    train: int
    validation: int
    test: int
    digest: str
    fitted: tuple[Mapping[str, Any], ...]
    target_fitted: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()

    def evaluated_split(self, evaluate: Evaluate) -> Literal["test", "validation"] | None:
        """The split that a network is evaluated on in the end."""
        return evaluate.split_of(self.validation, self.test)
