"""Stop when a measured value no longer gets better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.monitors import Mode, Monitor, larger_is_better
from netspec.catalogue.python import Python, literal
from netspec.catalogue.stopping import Standing, Stop
from netspec.catalogue.values import Epochs, Quantity, Share


class EarlyStopping(Stop):
    """Stop when a measured value hasn't got better for some epochs, and go back to the weights that were best.

    A value is better if it is so by more than `min_delta`, a number or a share of the best one. The best epoch is the
    last better one, so with a `min_delta` above 0 it may not be the one with the smallest loss.
    """

    examples: ClassVar = (
        Example("early_stopping(monitor=validation.loss, patience=3 epochs, min_delta=1e-3)"),
        Example("early_stopping(monitor=validation.accuracy, patience=5 epochs, min_delta=1%, start_from=10 epochs)"),
    )

    monitor: Monitor = "validation.loss"
    patience: Annotated[Epochs, Field(description="how many epochs without a better value to wait")] = Quantity(
        3, "epochs"
    )
    min_delta: Annotated[
        Annotated[float, Field(ge=0)] | Share,
        Field(description="a change of this or less isn't better, or of this share of the best value"),
    ] = 0.0
    start_from: Annotated[
        Epochs | None, Field(description="how many epochs pass before any is the best one or is waited after")
    ] = None
    mode: Mode = "auto"
    restore_best: Annotated[bool, Field(description="end with the weights of the best epoch, not of the last")] = True

    def watched(self) -> str:
        return self.monitor

    def acts_after(self) -> int:
        # the first epoch that counts is the best one
        return (int(self.start_from.number) if self.start_from else 0) + 1 + int(self.patience.number)

    def observe(self, standing: Standing, epoch: int, values: Mapping[str, float]) -> Standing:
        if self.start_from is not None and epoch <= self.start_from.number:
            return standing
        larger = larger_is_better(self.monitor, self.mode)
        delta = self.min_delta
        if isinstance(delta, Quantity):
            delta = delta.share * abs(standing.best or 0.0)
        return standing.after(epoch, values[self.monitor], larger_is_better=larger, min_delta=delta)

    def reason(self, standing: Standing) -> str | None:
        if standing.waited < self.patience.number:
            return None
        epochs = "1 epoch" if standing.waited == 1 else f"{standing.waited} epochs"
        if standing.best_epoch is None:
            return f"{self.monitor} was never a number in {epochs}"
        return f"no better {self.monitor} for {epochs}; the best was {standing.best:.4g} in epoch {standing.best_epoch}"

    def restores(self) -> bool:
        return self.restore_best

    def python(self) -> Python:
        gain = "value - best" if larger_is_better(self.monitor, self.mode) else "best - value"
        constants, delta = {"PATIENCE": self.patience.number, "MIN_DELTA": self.min_delta}, "MIN_DELTA"
        if isinstance(self.min_delta, Quantity):
            constants["MIN_DELTA"], delta = self.min_delta.share, "MIN_DELTA * abs(best)"
        best = ["    best_weights = {name: tensor.clone() for name, tensor in net.state_dict().items()}"]
        lines = [
            f"value = values[{literal(self.monitor)}]",
            f"if isfinite(value) and (best is None or {gain} > {delta}):",
            "    best, waited = value, 0",
            *(best if self.restore_best else []),
            "else:",
            "    waited += 1",
        ]
        if self.start_from is not None:
            lines = [f"if epoch > {self.start_from.number}:", *(f"    {line}" for line in lines)]
        before = "best, waited, best_weights = None, 0, None" if self.restore_best else "best, waited = None, 0"
        text = "\n".join([*lines, "if waited >= PATIENCE:", "    break"])
        return Python(text, before=before, constants=constants)
