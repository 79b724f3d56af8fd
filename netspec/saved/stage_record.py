"""The record of a stage of a run: what the network was worth after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import nan
from typing import Any, Self

from netspec.catalogue.entry import as_count, as_list, as_text
from netspec.files import finite_or_none
from netspec.formats.strict_json import as_number
from netspec.program.assertion import LATENCY, PARAMETERS, SIZE, of_compress


@dataclass(frozen=True)
class Latency:
    """How long a batch of so many samples takes on the CPU with one thread, in seconds: the median, and what 95 % of
    the runs stay below."""

    batch: int
    median: float
    most: float


@dataclass(frozen=True)
class StageRecord:
    """A network after a stage: the stage as it is written, its folder below the run, and the metrics on the split that
    the run is evaluated on. `size` is the number of bytes of the file with the weights, `runtime` what computes it.

    `notes` are sentences without a full stop, of which those in `troubles` are warnings.
    """

    stage: str
    folder: str
    values: Mapping[str, float]
    parameters: int
    size: int
    runtime: str = "torch"
    latencies: tuple[Latency, ...] = ()
    notes: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    classes: Mapping[str, float] = field(default_factory=dict[str, float])
    """The recall of each class by its name."""

    @property
    def results(self) -> Mapping[str, float]:
        """The figures by the names that assertions have for them."""
        figures = {**self.values, PARAMETERS: float(self.parameters), SIZE: float(self.size)}
        if self.latencies:
            figures[LATENCY] = self.latencies[0].median
        return {of_compress(name): value for name, value in figures.items()}

    def as_data(self) -> dict[str, Any]:
        """The record as JSON data."""
        return {
            "stage": self.stage,
            "folder": self.folder,
            "values": {name: finite_or_none(value) for name, value in self.values.items()},
            "classes": {name: finite_or_none(value) for name, value in self.classes.items()},
            "parameters": self.parameters,
            "size": self.size,
            "runtime": self.runtime,
            "latencies": [[one.batch, one.median, one.most] for one in self.latencies],
            "notes": list(self.notes),
            "troubles": list(self.troubles),
        }

    @classmethod
    def from_data(cls, data: Any) -> Self:
        """The record again. Raises ValueError, TypeError, KeyError or AttributeError if the data isn't that of one."""
        return cls(
            as_text(data["stage"]),
            as_text(data["folder"]),
            _numbers(data["values"]),
            as_count(data["parameters"]),
            as_count(data["size"]),
            as_text(data["runtime"]),
            tuple(
                Latency(as_count(batch), as_number(median), as_number(most))
                for batch, median, most in as_list(data["latencies"])
            ),
            tuple(map(as_text, as_list(data["notes"]))),
            tuple(map(as_text, as_list(data["troubles"]))),
            _numbers(data["classes"]),
        )


def _numbers(data: Any) -> dict[str, float]:
    return {as_text(name): nan if value is None else as_number(value) for name, value in data.items()}


def stage_results(stages: Sequence[StageRecord]) -> Mapping[str, float]:
    """The figures of the last stage of a run; none without stages."""
    return stages[-1].results if stages else {}
