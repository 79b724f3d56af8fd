"""Finished runs exported to files."""

from __future__ import annotations

from pathlib import Path

from netspec.catalogue.sections.export import Export
from netspec.exporter.exporting import export_file
from netspec.exporter.subject import Subject
from netspec.problems.base import NetspecError
from netspec.problems.exporting import NotExported
from netspec.runner.uses.saved_run import SavedRun, evaluation_memory
from netspec.saved.export_record import ExportRecord


def export_saved(saved: SavedRun, export: Export, format: str, path: Path, *, force: bool) -> ExportRecord:
    """Export the network of a run to a file, with samples beside it. Raises NetspecError if it can't be in the format,
    or if the file decides as the network does on too few samples; then there is no file."""
    raw = saved.load()
    subject = Subject.of(saved.program, saved.network.state_dict(), saved.fitted, saved.scaling)
    with evaluation_memory(saved.program):
        record = export_file(subject, export, format, raw, path, force=force)
    if record.trouble is not None:
        raise NetspecError.of(NotExported(None, str(path), record.trouble))
    return record
