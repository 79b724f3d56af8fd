"""Stop when a measured value no longer gets better."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.stops import Stop
from netspec.catalogue.values import Epochs, Name, Quantity


class EarlyStopping(Stop):
    """Stop when a measured value hasn't got better for some epochs, and go back to the weights that were best."""

    examples: ClassVar = (
        Example("early_stopping(monitor=validation.loss, patience=3 epochs, min_delta=1e-3)"),
        Example("early_stopping(monitor=validation.accuracy, patience=5 epochs)"),
    )

    monitor: Annotated[Name, Field(description="the value to watch: `loss` or a metric of a split")] = "validation.loss"
    patience: Annotated[Epochs, Field(description="how many epochs without a better value to wait")] = Quantity(
        3, "epochs"
    )
    min_delta: Annotated[float, Field(ge=0, description="a change of this or less isn't better")] = 0.0
    mode: Annotated[
        Literal["min", "max", "auto"],
        Field(description="whether a smaller or a larger value is better; `auto` knows it from the value's name"),
    ] = "auto"
    restore_best: Annotated[bool, Field(description="end with the weights of the best epoch, not of the last")] = True
