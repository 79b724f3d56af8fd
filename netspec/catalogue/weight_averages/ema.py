"""Exponential moving average."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.weight_averages import Average


class EMA(Average):
    """The mean of the weights of all steps, of which each counts `decay` times what the next counts.

    It begins with the weights after the first step. Running means and variances are averaged too.
    """

    positional: ClassVar = ("decay",)
    buffers: ClassVar = True
    examples: ClassVar = (Example("ema(0.999)"), Example("ema(0.9999, warmup=true)"))
    torch_names: ClassVar = ("torch.optim.swa_utils.get_ema_multi_avg_fn",)

    decay: Annotated[float, Field(gt=0, lt=1, description="what is left of the mean at each step")] = 0.999
    warmup: Annotated[
        bool, Field(description="begin with a decay of (1 + step) / (10 + step), so that the first weights fade soon")
    ] = False

    def weight(self, step: int, steps: int) -> float:
        if step == 0:
            return 1.0
        return 1 - (min(self.decay, (1 + step) / (10 + step)) if self.warmup else self.decay)
