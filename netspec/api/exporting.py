"""Runs exported to files from Python."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netspec.api.saved_runs import Weights
from netspec.catalogue.export_formats import export_formats
from netspec.catalogue.sections.export import Export, Inside
from netspec.catalogue.values import Bounds, Quantity
from netspec.files import file_problems
from netspec.problems import NetspecError
from netspec.problems.reading import NotWritable
from netspec.problems.values import Conflict
from netspec.program.program import Program
from netspec.shapes import MisfitError

if TYPE_CHECKING:
    from netspec.saved.export_record import ExportRecord


@dataclass(frozen=True)
class ExportedFile:
    """A file that a network was exported to, and how it compares with the network."""

    path: Path
    record: ExportRecord


def export(
    folder: str | Path,
    to: str,
    out: str | Path | None = None,
    *,
    inside: Sequence[Inside] | None = None,
    batch: int | tuple[int, int] | None = None,
    size: tuple[int, int] | None = None,
    agreement: float | None = None,
    weights: Weights | None = None,
    force: bool = False,
) -> ExportedFile:
    """Export the network of a run to a file of the format `to`: `onnx`, `pt2` or `safetensors`.

    The file is `out`, by default one in the folder `export` of the run. `inside`, `batch`, `size` and `agreement` are
    those of the section `export`, by default as the spec of the run has them: `batch` is a number of samples or the
    smallest and the largest one, `size` the smallest and the largest height and width of images, and `agreement` is in
    percent. `force` overwrites a file that is there.

    The file is loaded again and compared with the network on all samples of the test split. Raises NetspecError if it
    decides otherwise on too many of them, or if the network can't be in that format; then no file is written.
    """
    from netspec.checker import saved_program
    from netspec.program.exporting import ensure_exporters

    run = Path(folder)
    program = saved_program(run)
    section = section_for(program, to, out, inside=inside, batch=batch, size=size, agreement=agreement)
    refuse_obstacles(program, section)
    ensure_exporters(section)

    from netspec.runner.uses.exports import export_saved
    from netspec.runner.uses.saved_run import SavedRun

    with _place(run, section.files[to], out) as path:
        if path.exists() and not force:
            raise NetspecError.of(NotWritable(None, str(path), "it is there already", "`--force` writes over it"))
        saved = SavedRun.of(run, weights)
        return ExportedFile(path, export_saved(saved, section, to, path, force=force))


def section_for(program: Program, to: str, out: str | Path | None = None, **settings: Any) -> Export:
    """The section for one file: that of the spec with other settings, without those that are None. Raises NetspecError
    for settings that don't fit the format."""
    entry, written = export_formats()[to], program.export
    name = Path(out).name if out is not None else written.files.get(to) if written is not None else None
    given: dict[str, Any] = {key: value for key, value in settings.items() if value is not None}
    given |= {key: Bounds(*given[key]) for key in ("batch", "size") if isinstance(given.get(key), tuple)}
    if "agreement" in given:
        given["agreement"] = Quantity(given["agreement"], "%")
    if "inside" in given:
        given["inside"] = tuple(given["inside"])
    own = (
        {key: getattr(written, key) for key in ("inside", "batch", "size", "agreement")} if written is not None else {}
    )
    if not entry.holds_graph:
        # what the spec asks for is for its other files
        own = {key: value for key, value in own.items() if key == "agreement"}
    section = Export.model_validate({**own, **given, to: name or f"{program.name}{entry.suffix}"})
    try:
        section.check()
    except MisfitError as error:
        raise NetspecError.of(Conflict(None, error.reason, help=error.help)) from error
    return section


def refuse_obstacles(program: Program, export: Export) -> None:
    """Raise NetspecError for what of a program can't be exported as the section asks."""
    from netspec.program.exporting import obstacles

    found = [Conflict(None, one.reason, help=one.help).diagnose() for one in obstacles(export, program)]
    if found:
        raise NetspecError(found)


@contextmanager
def _place(run: Path, name: str, out: str | Path | None) -> Generator[Path]:
    """The path to write to: the one that is given, or that of a name in the folder of the run, which is locked."""
    if out is not None:
        yield Path(out)
        return
    from netspec.program.exporting import FOLDER
    from netspec.runner.store.folder import RunFolder

    with RunFolder(run, resume=True) as folder:
        with file_problems(folder.path):
            (folder.path / FOLDER).mkdir(exist_ok=True)
        yield folder.path / FOLDER / name
