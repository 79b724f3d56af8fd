"""The network of a training exported to the files that its spec asks for."""

from __future__ import annotations

from netspec.data.prepare import load_splits
from netspec.exporter.exporting import export_all
from netspec.exporter.subject import Subject
from netspec.formats.errors import DataError
from netspec.problems.base import NetspecError
from netspec.program.data_errors import as_problem
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.training import Training
from netspec.saved.export_record import ExportRecord


def export_trained(training: Training, folder: RunFolder) -> tuple[ExportRecord, ...]:
    """Export the final network into the run's folder, those files anew that are there. Raises NetspecError."""
    data, export = training.data, training.program.export
    if export is None or training.program.compress is not None:
        # what comes out of the stages is exported then
        return ()
    subject = Subject.of(training.program, training.eval_network.state_dict(), data.data_record.fitted, data.scaling)
    try:
        # the samples as the source has them: those of the training are transformed already
        raw = load_splits(training.program)
    except DataError as error:
        raise NetspecError.of(as_problem(error, training.program.span_of("data.source"))) from error
    return tuple(export_all(subject, export, raw, folder.exports()))
