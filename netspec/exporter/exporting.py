"""A network exported to files: each is written, loaded again and compared before it takes its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from safetensors.torch import save_file

from netspec.catalogue.export_formats import ExportFormat
from netspec.catalogue.sections.export import Export
from netspec.data.prepare import RawSplits
from netspec.exporter.comparing import Comparison, Samples, batches, compare, ensure_same_at_other_sizes
from netspec.exporter.contract import as_one_text
from netspec.exporter.exportable import Exportable, Forward, taken
from netspec.exporter.formats import format_named
from netspec.exporter.subject import Subject
from netspec.exporter.tracing import TranslationError
from netspec.files import TEMPORARY, file_problems, put
from netspec.program.exporting import samples_beside
from netspec.saved.export_record import ExportRecord

KEPT = 3
"""The number of samples that are kept beside a file, with what it makes of them."""


def export_all(subject: Subject, export: Export, raw: RawSplits, folder: Path) -> Iterator[ExportRecord]:
    """Export a network to the files of the section, in a folder that is there, with their samples beside them.

    What a format can't hold, and a file that decides on too few samples as the network does, leaves no file, and its
    record says why. Raises NetspecError if a file can't be written.
    """
    for format, name in export.files.items():
        yield export_file(subject, export, format, raw, folder / name)


def export_file(
    subject: Subject, export: Export, format: str, raw: RawSplits, path: Path, *, force: bool = True
) -> ExportRecord:
    """The same for one format and any path. Without `force` a file that is there is refused, with NetspecError."""
    entry, split = export.formats[format], compared_split(raw)
    samples = raw.splits[split].inputs
    record = ExportRecord(format, path.name, split)
    with file_problems(path), TemporaryDirectory(prefix=TEMPORARY, dir=path.parent) as scratch:
        written = Path(scratch) / path.name
        try:
            comparison = _written(subject, _for(entry, export), format, samples, written)
        except TranslationError as error:
            return replace(record, trouble=f"it can't be {entry.noun}: {error}")
        record = replace(record, **vars(comparison))
        if comparison.agreement < export.agreement.share:
            return replace(record, trouble=_disagreement(comparison, split, export))
        size = written.stat().st_size
        files = {written: path, samples_beside(written): samples_beside(path)}
        put(files, force=force, otherwise="`--force` writes over it")
    return replace(record, size=size)


def compared_split(raw: RawSplits) -> str:
    """The split that files are compared on: the one that the network is evaluated on, else the training split."""
    counts = (0 if samples is None else len(samples.targets) for samples in (raw.validation, raw.test))
    return raw.program.evaluate.split_of(*counts) or "train"


def _for(entry: type[ExportFormat], export: Export) -> Export:
    """The section for a format: one that holds weights alone has nothing inside, and no batches."""
    return export if entry.holds_graph else export.model_copy(update={"inside": (), "batch": None, "size": None})


def _written(subject: Subject, export: Export, format: str, samples: Samples, path: Path) -> Comparison:
    """Write a file and its samples, and compare what it computes once it is loaded again. Raises TranslationError."""
    writer = format_named(format)
    few = tuple(torch.from_numpy(values[:KEPT].copy()) for values in samples)
    exportable = Exportable.of(subject, export, few)
    writer.write(exportable, path)
    forward = writer.load(path, exportable)
    _keep_samples(exportable, forward, tuple(values[:KEPT] for values in samples), samples_beside(path))
    ensure_same_at_other_sizes(exportable, forward)
    return compare(exportable, forward, samples)


def _keep_samples(exportable: Exportable, forward: Forward, samples: Samples, path: Path) -> None:
    """Write some samples as a file takes them, under the names of its inputs, and what it gives for them."""
    with torch.inference_mode():
        kept = [
            (*(values[:count] for values in given), forward(given)[:count])
            for batch, count in batches(exportable, samples)
            for given in [taken(exportable.subject, exportable.export, batch)]
        ]
    names = (*exportable.input_names, exportable.output_name)
    tensors = {name: torch.cat(parts).contiguous() for name, parts in zip(names, zip(*kept, strict=True), strict=True)}
    save_file(tensors, path, metadata=as_one_text(exportable.metadata))


def _disagreement(comparison: Comparison, split: str, export: Export) -> str:
    return (
        f"it decides as the network does on {comparison.agreeing:_} of {comparison.samples:_} {split} samples, "
        f"{comparison.agreement:.2%}, but `agreement = {export.agreement}` is asked for"
    )
