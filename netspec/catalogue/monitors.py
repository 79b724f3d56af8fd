"""Values that are watched from epoch to epoch: their names, and which way is better."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol, runtime_checkable

from pydantic import Field

from netspec.catalogue.metrics import called
from netspec.catalogue.values import Name

Monitor = Annotated[Name, Field(description="the value to watch: `loss` or a metric of a split")]
Mode = Annotated[
    Literal["min", "max", "auto"],
    Field(description="whether a smaller or a larger value is better; `auto` knows it from the value's name"),
]


@runtime_checkable
class Watcher(Protocol):
    """What watches a value."""

    monitor: Monitor
    mode: Mode


def larger_is_better(monitor: str, mode: Mode) -> bool:
    """Whether a larger value is the better one; losses are to be small, and each metric knows it of itself."""
    if mode != "auto":
        return mode == "max"
    metric = called(monitor.partition(".")[2])
    return metric is not None and metric.larger_is_better
