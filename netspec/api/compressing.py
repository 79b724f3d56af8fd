"""Trained networks made smaller and faster from Python."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.problems import NetspecError
from netspec.problems.compressing import NoStages
from netspec.problems.running import NoRun
from netspec.program.exporting import ensure_stages

if TYPE_CHECKING:
    from netspec.interruption import StopRequest
    from netspec.runner.events import Event
    from netspec.saved.stage_record import StageRecord


def compress(
    folder: str | Path,
    stages: str | None = None,
    *,
    out: str | Path | None = None,
    device: str | None = None,
    on_event: Callable[[Event], None] | None = None,
    request: StopRequest | None = None,
) -> tuple[StageRecord, ...]:
    """Carry out stages with the network of a finished run, or go on with them if they were interrupted.

    `stages` are as the section `compress` would write them, `"prune(50%) -> finetune(2 epochs)"`, by default those of
    the run's spec. Each is a run in a folder of its own, below `stages` in the folder of the run or below `out`, and
    leaves the run as it is. Returns a record of the network as it was trained, and of what it was after each stage.

    Raises NetspecError for mistakes in the stages, and if the folder isn't that of a finished run or has other stages.
    """
    from netspec.checker.analysis import saved_part
    from netspec.checker.sections.compress import read_stages
    from netspec.program.parts import parts_of

    run = Path(folder)
    program, part = saved_part(run)
    if parts := parts_of(program):
        raise NetspecError.of(NoRun(None, str(run), f"it is that of {len(parts)} runs, as `{run}/{parts[0].name}`"))
    section = read_stages(stages, program) if stages is not None else program.compress
    if section is None:
        raise NetspecError.of(NoStages(None, str(run)))
    ensure_stages(section)

    from netspec.experiments.compressing import Figures, compressed
    from netspec.experiments.training import Trainer
    from netspec.runner.store.folder import RunFolder
    from netspec.runner.store.saved_record import SavedRecord

    with RunFolder(run, resume=True):
        try:
            record = SavedRecord.of(run)
        except FileNotFoundError as error:
            raise NetspecError.of(NoRun(None, str(run), "the run isn't finished")) from error
        figures = Figures.of_record(record, program.type.target.labels)
        trainer = Trainer(device, (), on_event, request, resumed_by=f"netspec compress {run}")
        return compressed(program, run, figures, section.stages, trainer, part, None if out is None else Path(out))
