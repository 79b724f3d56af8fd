"""Summaries of several runs of one spec, for its folds and seeds, from their folders alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import inf, isfinite, nan, sqrt
from pathlib import Path
from statistics import mean, stdev
from typing import Any, Self

from netspec.catalogue.metrics import called
from netspec.catalogue.splitters import Division
from netspec.files import finite_or_none
from netspec.immutable import immutable
from netspec.problems.base import NetspecError
from netspec.problems.running import NoRun, OtherData
from netspec.program.assertion import SECONDS, SIZE, AssertionResult, evaluate_all
from netspec.program.parts import Part, parts_of
from netspec.program.program import Program
from netspec.runner.store.saved_record import SavedRecord
from netspec.saved.export_record import ExportRecord, export_results
from netspec.saved.formats import RECORD

CONFIDENCE = 0.95


@immutable
class Spread:
    """The spread of a metric over several runs: its mean, its sample standard deviation, and the 95 % confidence
    interval of the mean, within the range of the metric. A single run has no deviation and no interval.

    `count` is the number of runs in which the metric is a number; if it is in none, the mean is NaN.
    """

    count: int
    mean: float
    std: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, values: Sequence[float], folds: int = 0, span: tuple[float, float] = (-inf, inf)) -> Self:
        """Student's t interval.

        Networks of several folds share most of their samples, so that they differ less than new samples would make
        them: the variance of their mean is s² (1/n + 1/(folds - 1)) and not s²/n (Nadeau and Bengio, Inference for the
        generalization error, 2003).
        """
        from scipy.special import stdtrit

        values = [value for value in values if isfinite(value)]
        count = len(values)
        if count < 2:
            return cls(count, values[0] if values else nan, None, None, None)
        deviation = stdev(values)
        shared = 1 / (folds - 1) if folds else 0.0
        reach = float(stdtrit(count - 1, (1 + CONFIDENCE) / 2)) * deviation * sqrt(1 / count + shared)
        low, high = mean(values) - reach, mean(values) + reach
        return cls(count, mean(values), deviation, max(low, span[0]), min(high, span[1]))

    def as_data(self) -> dict[str, float | None]:
        """The spread as JSON data."""
        return {**asdict(self), "mean": finite_or_none(self.mean)}


@dataclass(frozen=True)
class PartResult:
    """The result of one of the runs: the values of its validation and test split by their names, as `test.accuracy`,
    NaN where a metric isn't a number.

    `digest` is the SHA-256 of all of its samples, `of_classes` are the results of single classes, `size` is the number
    of bytes of its weights, and `exports` are the files that its network was exported to.
    """

    part: Part
    epochs: int
    seconds: float
    values: Mapping[str, float]
    digest: str
    of_classes: Mapping[str, float] = field(default_factory=dict[str, float])
    size: float = nan
    exports: tuple[ExportRecord, ...] = ()

    @property
    def results(self) -> Mapping[str, float]:
        """The results by the names that assertions have for them."""
        exports = export_results(self.exports)
        return {**self.values, **self.of_classes, **exports, SIZE: self.size, SECONDS: self.seconds}

    @classmethod
    def of(cls, part: Part, folder: Path) -> Self:
        """The result of a finished run in its folder. Raises NetspecError if it can't be read."""
        try:
            record = SavedRecord.of(folder)
        except FileNotFoundError as error:
            raise NetspecError.of(NoRun(None, str(folder), f"there is no {RECORD.file}: it isn't finished")) from error
        return cls(
            part,
            record.trained,
            record.seconds,
            record.values,
            record.digest,
            record.of_classes,
            record.size,
            record.exports,
        )


@dataclass(frozen=True)
class Summary:
    """The results of the runs of a spec. `spreads` has each metric by its name with the split's: `test.accuracy`."""

    folder: Path
    program: Program
    parts: tuple[PartResult, ...]
    spreads: Mapping[str, Spread]

    @classmethod
    def of(cls, program: Program, folder: Path) -> Self:
        """The summary of finished runs, each in a folder below. Raises NetspecError if one can't be read, or if their
        data differs."""
        parts = tuple(PartResult.of(part, folder / part.name) for part in parts_of(program))
        for result in parts:
            if result.digest != parts[0].digest:
                span, first = program.span_of("data.source"), folder / parts[0].part.name
                raise NetspecError.of(OtherData(span, str(folder / result.part.name), f"`{first}`"))
        folds = folds_of(program)
        names = dict.fromkeys(name for part in parts for name in part.values)
        found = {name: [part.values[name] for part in parts if name in part.values] for name in names}
        spreads = {name: Spread.of(values, folds, metric_span(name)) for name, values in found.items()}
        return cls(folder, program, parts, spreads)

    @property
    def folds(self) -> int:
        """The number of folds; 0 without cross-validation."""
        return folds_of(self.program)

    @property
    def seconds(self) -> float:
        """The total time of all runs."""
        return sum(part.seconds for part in self.parts)

    def counted(self, name: str) -> str:
        """The number of runs in which a metric is a number: `3`, or `2 of 3` if it isn't in all."""
        found, runs = self.spreads[name].count, len(self.parts)
        return f"{found:_}" if found == runs else f"{found:_} of {runs:_}"

    @property
    def exports(self) -> tuple[ExportRecord, ...]:
        """The files that the networks of all runs were exported to."""
        return tuple(export for part in self.parts for export in part.exports)

    @property
    def assertions(self) -> tuple[AssertionResult, ...]:
        """The assertions of the spec, evaluated on the means of all runs. A mean of only some runs is NaN."""
        names = {name for part in self.parts for name in part.results}
        means = {name: _mean([part.results.get(name, nan) for part in self.parts]) for name in names}
        return evaluate_all(self.program.assertions, means)

    def record(self) -> dict[str, Any]:
        """The content of `run.json` in the folder above the runs."""
        program, means = self.program, {name: finite_or_none(spread.mean) for name, spread in self.spreads.items()}
        return {
            "format": RECORD.current,
            "spec": {"name": program.name, "file": program.source.name, "hash": f"sha256:{program.hash}"},
            "parameters": program.graph.parameter_count,
            "epochs": {
                "planned": len(self.parts) * program.train.epochs,
                "trained": sum(part.epochs for part in self.parts),
            },
            "seconds": self.seconds,
            "assertions": [assertion.record() for assertion in self.assertions],
            "parts": [
                {
                    "name": result.part.name,
                    "seed": result.part.seed,
                    "fold": result.part.fold,
                    "values": {name: finite_or_none(value) for name, value in result.values.items()},
                }
                for result in self.parts
            ],
            "spreads": {name: spread.as_data() for name, spread in self.spreads.items()},
            "test": {name.removeprefix("test."): value for name, value in means.items() if name.startswith("test.")},
        }


def folds_of(program: Program) -> int:
    """The number of folds; 0 without cross-validation."""
    division = program.data.validation
    return division.parts if isinstance(division, Division) and division.part is None else 0


def metric_span(name: str) -> tuple[float, float]:
    """The range of a metric by its name with that of the split; a loss may be any number."""
    metric = called(name.partition(".")[2])
    return (-inf, inf) if metric is None else metric.span


def _mean(values: Sequence[float]) -> float:
    """The mean of values; NaN if one of them is."""
    return mean(values) if all(map(isfinite, values)) else nan
