"""A real number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.targets import Target
from netspec.shapes import Shape
from netspec.wording import decimal

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

LEFT = 0.01
"""Numbers count as memorized when the mean squared error is no more than this share of their variance."""
ALIKE = 1e-3
"""Two networks predict the same number if both are as close as this share of their standard deviation."""


class Number(Target):
    """A real number, float32."""

    examples: ClassVar = (Example("number"),)
    noun: ClassVar = "numbers"
    usual_loss: ClassVar = "mse"
    usual_metrics: ClassVar = ("mean_absolute_error", "r2")
    charts: ClassVar = ("numbers",)

    def parts(self, targets: np.ndarray) -> Mapping[str, np.ndarray]:
        return {"": targets}

    def text(self, value: Any) -> str:
        return decimal(value)

    def decide(self, output: Tensor, middle: float = 0.0) -> Tensor:
        return output.squeeze(1)

    def agreeing(self, decisions: Tensor, others: Tensor) -> Tensor:
        from torch import isclose

        spread = float(decisions.double().std(correction=0))
        return isclose(others.double(), decisions.double(), rtol=1e-6, atol=ALIKE * spread)

    def unlearned(self, decisions: np.ndarray, targets: np.ndarray) -> float:
        variance = float(targets.var()) or 1.0
        left = float(((targets - decisions) ** 2).mean()) / variance
        return left if left > LEFT else 0.0

    def prediction(self, decision: Any, probabilities: list[float] | None) -> dict[str, Any]:
        return {"number": float(decision)}

    def python_decision(self, output: Shape, middle: float = 0.0) -> str:
        return "output.squeeze(1)"
