"""Half a cosine wave to another learning rate."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.schedules._decay import HALF_WAVE, Decay, half_wave


class Cosine(Decay):
    """Go to another learning rate along half a cosine wave.

    torch.optim.lr_scheduler.CosineAnnealingLR, where `to` is `eta_min` and `over` is `T_max`. What is stepped once in
    an epoch there is `by=epoch` here.

    Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, ICLR 2017.
    """

    torch_names: ClassVar = ("torch.optim.lr_scheduler.CosineAnnealingLR",)
    aliases: ClassVar = (
        "cosine_annealing",
        "cosine_decay",
        "cosine_lr",
    )
    unlike_torch: ClassVar = {"T_max": "`over`", "eta_min": "`to`"}
    examples: ClassVar = (Example("cosine(to=1e-5)"), Example("cosine(90 epochs, by=epoch)"))

    def left(self, progress: float) -> float:
        return half_wave(progress)

    def python_left(self, progress: str) -> Python:
        return Python(f"half_wave({progress})", (HALF_WAVE,))
