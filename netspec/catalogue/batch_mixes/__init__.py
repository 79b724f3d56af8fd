"""Batch mixes: training samples that are blended from two."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Entry
from netspec.catalogue.types import DataType

if TYPE_CHECKING:
    from numpy.random import Generator
    from torch import Tensor


class Mix(Entry):
    """How each sample of a batch of training is mixed with another of it.

    The loss is that for the targets of both, by their shares. Where several are given, one is drawn for each batch.
    """

    kind: ClassVar[str] = "mix"

    def fits(self, type: DataType) -> None:
        """Raises MisfitError where such samples can't be mixed."""

    def apply(self, first: Tensor, second: Tensor, rng: Generator) -> tuple[Tensor, float]:
        """Inputs [B, …] with a part of the others, and the share that is left of the first.

        Of several inputs of a sample each is mixed with the same chance, so that the shares are the same.
        """
        raise NotImplementedError
