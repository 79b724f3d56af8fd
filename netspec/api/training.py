"""Training from Python: run a spec, or resume its run; with folds or several seeds, each of its runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.api.specs import Spec, as_program
from netspec.problems import NetspecError
from netspec.problems.running import NoRun
from netspec.program.parts import parts_of
from netspec.program.program import Program
from netspec.program.trackers import TRACKERS, Tracker, ensure_installed, trackers_of

if TYPE_CHECKING:
    from netspec.interruption import StopRequest
    from netspec.runner.events import Event, RunResult
    from netspec.runner.store.folder import RunFolder
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

    from netspec.runner.store.folder import RunFolder

    with RunFolder(Path(out)) if out is not None else RunFolder.new(program.name) as folder:
        folder.write_spec(program)
        return _Trainer(device, log_to, on_event, request).run_all(program, folder, resume=False)


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
    from netspec.runner.store.folder import RunFolder
    from netspec.runner.store.run_history import folders_of_parts, is_finished

    path = Path(folder)
    program = saved_program(path)
    folders = [path, *folders_of_parts(path)]
    log_to: tuple[Tracker, ...] = tuple(name for name in TRACKERS if any(name in trackers_of(each) for each in folders))
    ensure_installed(log_to)
    with RunFolder(path, resume=True) as locked:
        if is_finished(path):
            raise NetspecError.of(NoRun(None, str(path), "the run in it is finished"))
        return _Trainer(device, log_to, on_event, request).run_all(program, locked, resume=True)


@dataclass(frozen=True)
class _Trainer:
    """Runs programs in their folders, each with the same arguments of `run`."""

    device: str | None
    log_to: Sequence[Tracker]
    on_event: Callable[[Event], None] | None
    request: StopRequest | None

    def run_all(self, program: Program, folder: RunFolder, *, resume: bool) -> RunResult | Summary:
        """The run of a program, or its runs if it has several."""
        if parts_of(program):
            return self._run_parts(program, folder)
        return self._run_one(program, folder, self.on_event, resume=resume)

    def _run_parts(self, program: Program, parent: RunFolder) -> Summary:
        """Run each part that isn't finished in a folder below `parent`, resuming the one that was interrupted."""
        from netspec.report.summary_page import write_summary
        from netspec.runner.events import PartStarted, Started
        from netspec.runner.store.folder import RunFolder
        from netspec.runner.store.run_history import ended, is_finished
        from netspec.runner.store.same_data import ensure_same_data
        from netspec.runner.uses.run_summary import PartResult, Summary
        from netspec.saved.formats import RECORD

        first: PartResult | None = None

        def listen(event: Event) -> None:
            if isinstance(event, Started):
                if first is not None:
                    ensure_same_data(event.program, event.data, first.digest, parent.path / first.part.name)
                # before the first step of the first run there is nothing to keep
                parent.begin()
            if self.on_event is not None:
                self.on_event(event)

        parts = parts_of(program)
        for number, part in enumerate(parts, 1):
            path = parent.path / part.name
            finished = is_finished(path)
            listen(PartStarted(part, number, len(parts), path, finished))
            resume = path.exists()
            with RunFolder(path, resume=resume, parent=parent.path) as folder:
                if not finished:
                    folder.write_spec(program, part)
                    self._run_one(part.of(program), folder, listen, resume=resume)
            first = first or PartResult.of(part, path)
        summary = Summary.of(program, parent.path)
        parent.write_json(RECORD.file, summary.record())
        # last, as it marks the runs as finished
        write_summary(summary, parent.path, ended(parent.path))
        return summary

    def _run_one(
        self, program: Program, folder: RunFolder, on_event: Callable[[Event], None] | None, *, resume: bool
    ) -> RunResult:
        from netspec.render.plan import plan_as_json
        from netspec.report import reporters
        from netspec.runner.events import Finished, Started
        from netspec.runner.machine.device import choose_device
        from netspec.runner.train.loop import train

        chosen = choose_device(program, self.device)

        def write_plan(event: Event) -> None:
            # the program of the event is for the data source that was found
            # what is resumed was planned when its files were there
            if isinstance(event, Started) and not (event.resumed and (folder.path / "plan.json").exists()):
                folder.write_json("plan.json", plan_as_json(event.program))

        listeners = [write_plan, *reporters(folder.path, self.log_to), *([on_event] if on_event else [])]
        result: RunResult | None = None
        # closed at once: the error of a listener would keep the generator, and torch's settings with it
        with closing(train(program, folder, chosen, resume=resume, request=self.request)) as events:
            for event in events:
                for listener in listeners:
                    listener(event)
                if isinstance(event, Finished):
                    result = event.result
        if result is None:
            assert self.request is not None and self.request.error is not None, "only a request halts a training"
            raise self.request.error
        return result
