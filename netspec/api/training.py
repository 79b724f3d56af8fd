"""Training from Python: run a spec, or resume its run; with folds or several seeds, each of its runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.api.specs import Spec, as_program
from netspec.problems import NetspecError
from netspec.problems.running import NoRun
from netspec.program.trackers import TRACKERS, Tracker, ensure_installed, trackers_of

if TYPE_CHECKING:
    from netspec.interruption import StopRequest
    from netspec.runner.events import Event, RunResult
    from netspec.runner.uses.run_summary import Summary


def run(
    spec: Spec,
    *,
    out: str | Path | None = None,
    device: str | None = None,
    log_to: Sequence[Tracker] = (),
    on_event: Callable[[Event], None] | None = None,
    request: StopRequest | None = None,
) -> RunResult | Summary:
    """Check a spec, train its network and evaluate it; everything is saved in a run folder.

    Returns the RunResult. A spec with folds or several seeds is several runs, one after the other, each in a folder
    below the run folder: returns their Summary.

    The folder is `out`, which must be new or empty, or a new one under `runs`. `device` overrides `train.device`;
    `log_to` names trackers besides the folder, whose extras have to be installed; `on_event` is called with each event,
    after it is saved.

    Raises NetspecError for mistakes in the spec, the data, the device or the disk, and for numbers that overflow; its
    `exit_code` says which. An error before the first step leaves no folder, a later one leaves all that was saved until
    then; a test loss that overflows is raised after `Finished`, with everything saved. Exceptions from `on_event` end
    the run and are raised as they are. So is KeyboardInterrupt, with a note on how to resume. Once the `request` has an
    error, the current step is the last one: its state is saved, and the error raised.
    """
    program = as_program(spec)
    ensure_installed(log_to)

    from netspec.experiments.compressing import conclude
    from netspec.experiments.training import Trainer
    from netspec.program.exporting import ensure_exporters, ensure_stages
    from netspec.runner.store.folder import RunFolder

    ensure_exporters(program.export)
    ensure_stages(program.compress)
    with RunFolder(Path(out)) if out is not None else RunFolder.new(program.name) as folder:
        folder.write_spec(program)
        trainer = Trainer(device, log_to, on_event, request, conclude=conclude)
        return trainer.run_all(program, folder, resume=False)


def resume(
    folder: str | Path,
    *,
    device: str | None = None,
    on_event: Callable[[Event], None] | None = None,
    request: StopRequest | None = None,
) -> RunResult | Summary:
    """Resume a run that was interrupted, from its newest checkpoint; of several runs those that aren't finished.

    On the same machine, with the same versions and as many threads, it ends with the same bits as an uninterrupted run.
    It needs only the folder, which has the spec and the logs of trackers. Returns what `run` returns, and raises
    NetspecError as it does, also if the folder isn't that of a run, or the run is finished.
    """
    from netspec.checker import saved_program
    from netspec.experiments.compressing import conclude
    from netspec.experiments.training import Trainer
    from netspec.program.exporting import ensure_exporters, ensure_stages
    from netspec.runner.store.folder import RunFolder
    from netspec.runner.store.run_history import folders_of_parts, is_finished

    path = Path(folder)
    program = saved_program(path)
    folders = [path, *folders_of_parts(path)]
    log_to: tuple[Tracker, ...] = tuple(name for name in TRACKERS if any(name in trackers_of(each) for each in folders))
    ensure_installed(log_to)
    ensure_exporters(program.export)
    ensure_stages(program.compress)
    ensure_stages(program.compress)
    with RunFolder(path, resume=True) as locked:
        if is_finished(path):
            raise NetspecError.of(NoRun(None, str(path), "the run in it is finished"))
        trainer = Trainer(device, log_to, on_event, request, conclude=conclude)
        return trainer.run_all(program, locked, resume=True)
