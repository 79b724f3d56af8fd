"""The layers that lose most by being quantized."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.stages.quantized_layers import LayerChoice
from netspec.catalogue.values import Share


class Auto(LayerChoice):
    """Keep the layers that do the most damage, as few as leave the validation metric within `loss`.

    Each layer is quantized alone, which ranks them by what it costs; then the worst are kept, one more at a time, until
    the network is worse by at most `loss`: in percentage points of accuracy, or for numbers in the mean absolute error
    as a percentage of their mean absolute deviation. Measured on the validation split, or on training samples if there
    is none; never on the test split.
    """

    examples: ClassVar = (Example("auto(loss=0.5%)"),)

    loss: Annotated[Share, Field(description="how much worse the network may be")]

    def is_close(self, worse: float) -> bool:
        return worse <= self.loss.share
