"""Half a cosine wave to another learning rate."""

from __future__ import annotations

from math import cos, pi
from typing import ClassVar

from netspec.catalogue._decay import Decay
from netspec.catalogue.entry import Example


class Cosine(Decay):
    """Go to another learning rate along half a cosine wave.

    torch.optim.lr_scheduler.CosineAnnealingLR, where `to` is `eta_min` and `over` is `T_max`. What is stepped once in
    an epoch there is `by=epoch` here.

    Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, ICLR 2017.
    """

    torch_names: ClassVar = ("torch.optim.lr_scheduler.CosineAnnealingLR",)
    examples: ClassVar = (Example("cosine(to=1e-5)"), Example("cosine(90 epochs, by=epoch)"))

    def left(self, progress: float) -> float:
        return (1 + cos(pi * progress)) / 2
