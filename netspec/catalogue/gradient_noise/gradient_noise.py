"""Noise that becomes less."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.gradient_noise import Noise


class GradientNoise(Noise):
    """Noise of the variance eta / (1 + step) ** gamma (Neelakantan and others, 2015)."""

    positional: ClassVar = ("eta",)
    examples: ClassVar = (Example("gradient_noise(0.01)"), Example("gradient_noise(0.3, gamma=0.55)"))

    eta: Annotated[float, Field(gt=0, description="the variance at the first step")]
    gamma: Annotated[float, Field(ge=0, description="how fast it becomes less; 0 leaves it as it is")] = 0.55

    def std(self, step: int) -> float:
        return (self.eta / (1 + step) ** self.gamma) ** 0.5
