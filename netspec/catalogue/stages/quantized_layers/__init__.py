"""Layer choices: how the layers that stay in floating-point numbers are found."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Entry


class LayerChoice(Entry):
    """Which layers are too sensitive to be quantized."""

    kind: ClassVar[str] = "layer choice"

    def is_close(self, worse: float) -> bool:
        """Whether a network is good enough that is worse by so much: in the share of samples that are decided wrongly,
        or in the mean absolute error of numbers as a share of their mean absolute deviation."""
        raise NotImplementedError
