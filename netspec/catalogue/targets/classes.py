"""One of some classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.targets import Target
from netspec.catalogue.values import AnyText
from netspec.shapes import Shape

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor


class Classes(Target):
    """One class out of some, by number: int64 from 0 to below their count."""

    positional: ClassVar = ("names",)
    examples: ClassVar = (Example('classes(["cat", "dog"])'),)
    noun: ClassVar = "classes"
    dtype: ClassVar = "int64"
    compared_as: ClassVar = "int64"
    usual_loss: ClassVar = "cross_entropy"
    usual_metrics: ClassVar = ("accuracy", "precision", "recall", "f1")
    reported: ClassVar = ("precision", "recall", "f1")
    counts_right: ClassVar = True
    python_strata: ClassVar = "targets"
    charts: ClassVar = ("confusion", "roc_curves", "calibration", "mistakes")

    names: Annotated[tuple[AnyText, ...], Field(description="names of the classes, in the order of their numbers")]

    @property
    def count(self) -> int:
        return len(self.names)

    @property
    def plural(self) -> str:
        return f"{self.count} classes"

    @property
    def labels(self) -> tuple[str, ...]:
        return self.names

    def difference(self, other: Target) -> str | None:
        if not isinstance(other, Classes):
            return super().difference(other)
        pairs = zip(self.names, other.names, strict=True)
        return next((f"the class `{its}` instead of `{mine}`" for mine, its in pairs if mine != its), None)

    def __str__(self) -> str:
        return f"class[{self.count}]"

    def strata(self, targets: np.ndarray) -> np.ndarray:
        return targets

    def balance(self, targets: np.ndarray) -> dict[str, int]:
        import numpy as np

        return dict(zip(self.names, np.bincount(targets, minlength=self.count).tolist(), strict=True))

    def text(self, value: Any) -> str:
        return self.names[int(value)]

    def decide(self, output: Tensor, middle: float = 0.0) -> Tensor:
        if output.shape[1] == 1:
            return (output.squeeze(1) > middle).long()
        return output.argmax(1)

    def unlearned(self, decisions: np.ndarray, targets: np.ndarray) -> float:
        return float((targets != decisions).mean())

    def prediction(self, decision: Any, probabilities: list[float] | None) -> dict[str, Any]:
        label = {"label": self.text(decision)}
        if probabilities is None:
            return label
        pairs = zip(self.names, probabilities, strict=True)
        return {**label, "probabilities": dict(sorted(pairs, key=lambda pair: -pair[1]))}

    def python_decision(self, output: Shape, middle: float = 0.0) -> str:
        return f"(output.squeeze(1) > {middle!r}).long()" if output.dims[:1] == (1,) else "output.argmax(1)"
