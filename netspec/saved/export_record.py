"""The record of an exported file in a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import nan
from typing import Any, Self

from netspec.catalogue.entry import as_count, as_text
from netspec.files import finite_or_none
from netspec.formats.strict_json import as_number
from netspec.program.assertion import AGREEMENT, DIFFERENCE, SIZE, of_export


@dataclass(frozen=True)
class ExportRecord:
    """A file that a network was exported to, compared with the network on all `samples` of a `split`: on how many both
    decide the same, and the largest difference of their outputs. `size` is in bytes.

    `trouble` is why there is no such file, a sentence without a full stop; then `size` is 0, and what wasn't measured
    is 0 or NaN.
    """

    format: str
    file: str
    split: str
    samples: int = 0
    agreeing: int = 0
    difference: float = nan
    size: int = 0
    trouble: str | None = None

    @property
    def agreement(self) -> float:
        """The share of the samples on which the file decides as the network does; NaN if it wasn't compared."""
        return self.agreeing / self.samples if self.samples else nan

    @property
    def results(self) -> Mapping[str, float]:
        """The figures by the names that assertions have for them; none if there is no file."""
        if self.trouble is not None:
            return {}
        figures = {AGREEMENT: self.agreement, DIFFERENCE: self.difference, SIZE: float(self.size)}
        return {of_export(self.format, name): value for name, value in figures.items()}

    def as_data(self) -> dict[str, Any]:
        """The record as JSON data."""
        return {
            "format": self.format,
            "file": self.file,
            "split": self.split,
            "samples": self.samples,
            "agreeing": self.agreeing,
            "difference": finite_or_none(self.difference),
            "size": self.size,
            "trouble": self.trouble,
        }

    @classmethod
    def from_data(cls, data: Any) -> Self:
        """The record again. Raises ValueError, TypeError, KeyError or AttributeError if the data isn't that of one."""
        samples, agreeing, size = (as_count(data[name]) for name in ("samples", "agreeing", "size"))
        if agreeing > samples:
            raise ValueError("more than there are")
        return cls(
            as_text(data["format"]),
            as_text(data["file"]),
            as_text(data["split"]),
            samples,
            agreeing,
            nan if data["difference"] is None else as_number(data["difference"]),
            size,
            None if data["trouble"] is None else as_text(data["trouble"]),
        )


def export_results(exports: Iterable[ExportRecord]) -> dict[str, float]:
    """The figures of all exported files of a run."""
    return {name: value for export in exports for name, value in export.results.items()}
