"""Export formats: files that a trained network leaves netspec in."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

from netspec.catalogue.entry import Entry, entries


class ExportFormat(Entry):
    """A kind of file for a trained network. A spec names it as a key of `export`.

    `netspec.exporter.formats` has a module of its name, which writes and reads such files.
    """

    kind: ClassVar[str] = "export format"
    taken_by: ClassVar[str | None] = "section"

    noun: ClassVar[str]
    """A file of it in a message: `an ONNX file`."""
    suffix: ClassVar[str]
    """The end of the names of its files: `.onnx`."""
    holds_graph: ClassVar[bool] = True
    """Whether it holds what the network computes, so that transforms and a last activation can be inside; else it holds
    weights alone."""
    packages: ClassVar[tuple[str, ...]] = ()
    """The packages that it takes beside those that netspec needs."""
    extra: ClassVar[str | None] = None
    """The extra of netspec that brings them."""


@cache
def export_formats() -> dict[str, type[ExportFormat]]:
    """All formats by their names."""
    return {entry.name(): entry for entry in entries(ExportFormat)}
