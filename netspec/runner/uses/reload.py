"""The result of a run, reloaded from its folder: its record and its epochs, and its weights evaluated again."""

from __future__ import annotations

from collections.abc import Mapping
from math import nan
from pathlib import Path

from netspec.catalogue.entry import as_text
from netspec.runner.events import RunResult
from netspec.runner.machine.memory import weights_size
from netspec.runner.report_samples import ReportSamples
from netspec.runner.store.checkpoint import damage
from netspec.runner.store.saved_record import SavedRecord, read_history
from netspec.runner.store.weights_record import load_record
from netspec.runner.train.progress import Progress
from netspec.runner.uses.saved_run import SavedRun
from netspec.saved.formats import STATE


def reload(folder: Path) -> RunResult:
    """The result of a run as in its event `Finished`; if it isn't finished, as of its newest checkpoint. Raises
    NetspecError.

    The final weights are evaluated on the CPU. The data is loaded from where the spec says, and has to be the same.
    """
    try:
        record = SavedRecord.of(folder)
    except FileNotFoundError:
        record = None
    saved = SavedRun.of(folder, "last" if record is None or record.restored is None else "best")
    progress = _progress(saved)
    facts = record or _unfinished(saved, progress)
    data = saved.prepare()
    split = data.data_record.evaluated_split(data.program.evaluate)
    evaluation = saved.evaluate_on(data, split) if split else None
    return RunResult(
        folder=folder,
        program=data.program,
        data=data.data_record,
        device=facts.device,
        environment=facts.environment,
        history=_epochs(folder, progress),
        best_epoch=facts.best,
        stopped=facts.stopped,
        test=evaluation if split == "test" else None,
        seconds=facts.seconds,
        restored=facts.restored,
        validation=evaluation if split == "validation" else None,
        report_samples=ReportSamples.of(saved.network, data, split, evaluation.predictions if evaluation else None),
        unfinished=None if record else saved.moment,
        size=weights_size(saved.network),
        notes=facts.notes,
        loaded=load_record(folder),
        teachers=facts.teachers,
        exports=facts.exports,
        stages=facts.stages,
    )


def _progress(saved: SavedRun) -> Progress:
    try:
        return Progress.of(saved.state)
    except (KeyError, TypeError, ValueError) as error:
        raise damage(saved.checkpoint, f"{STATE.file} doesn't say how far the training is") from error


def _unfinished(saved: SavedRun, progress: Progress) -> SavedRecord:
    """The record as it would be of a run that ended at its newest checkpoint."""
    try:
        environment = {as_text(name): as_text(value) for name, value in saved.state["environment"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise damage(saved.checkpoint, f"{STATE.file} doesn't say where it was written") from error
    return SavedRecord(
        device=environment.get("device", ""),
        environment=environment,
        trained=progress.epoch,
        best=progress.standing.best_epoch,
        restored=None,
        stopped=None,
        seconds=progress.seconds,
        values={},
        digest=str(saved.state.get("data")),
        of_classes={},
        size=nan,
        notes=(),
    )


def _epochs(folder: Path, progress: Progress) -> tuple[Mapping[str, float], ...]:
    """The epochs in the metrics log, which may be more than the checkpoint of the best one has; those of the checkpoint
    if the log isn't that of the training."""
    known = {name for row in progress.history for name in row}
    rows = [{name: value for name, value in row.items() if name in known} for row in read_history(folder)]
    is_whole = [row.get("epoch") for row in rows] == list(range(1, len(rows) + 1))
    return tuple(rows if is_whole and len(rows) >= len(progress.history) else progress.history)
