"""Trainings of programs in run folders, with the records, logs and pages that are written there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from netspec.data.shared import UNSHARED, Shared
from netspec.interruption import StopRequest
from netspec.program.parts import parts_of
from netspec.program.program import Program
from netspec.program.space import Role
from netspec.program.trackers import Tracker
from netspec.render.plan import plan_as_json
from netspec.report import reporters
from netspec.report.summary_page import write_summary
from netspec.runner.events import Event, Finished, PartStarted, RunResult, Started
from netspec.runner.machine.device import choose_device
from netspec.runner.store.folder import RunFolder, resuming
from netspec.runner.store.run_history import ended, has_record, is_finished
from netspec.runner.store.same_data import ensure_same_data
from netspec.runner.train.loop import train
from netspec.runner.uses.run_summary import PartResult, Summary
from netspec.saved.formats import RECORD


@dataclass(frozen=True)
class Trainer:
    """Runs programs in their folders, each with the same arguments of `api.run`.

    Runs of a study have their `role` in it, no `pages`, as there are many, another command that goes on with them, and
    `shared` data.
    """

    device: str | None = None
    log_to: Sequence[Tracker] = ()
    on_event: Callable[[Event], None] | None = None
    request: StopRequest | None = None
    role: Role | None = None
    pages: bool = True
    resumed_by: str | None = None
    shared: Shared = UNSHARED

    def run_all(self, program: Program, folder: RunFolder, *, resume: bool) -> RunResult | Summary:
        """The run of a program, or its runs if it has several."""
        if parts_of(program):
            return self._run_parts(program, folder)
        return self._run_one(program, folder, self.on_event, resume=resume)

    def is_finished(self, folder: Path) -> bool:
        """Whether there is nothing left to do for the run in a folder."""
        return is_finished(folder) if self.pages else has_record(folder)

    def _run_parts(self, program: Program, parent: RunFolder) -> Summary:
        """Run each part that isn't finished in a folder below `parent`, resuming the one that was interrupted."""
        first: PartResult | None = None

        def listen(event: Event) -> None:
            if isinstance(event, Started):
                if first is not None:
                    ensure_same_data(event.program, event.data, first.digest, parent.path / first.part.name)
                # before the first step of the first run there is nothing to keep
                parent.begin()
            if self.on_event is not None:
                self.on_event(event)

        parts, resumed_by = parts_of(program), self.resumed_by or resuming(parent.path)
        for number, part in enumerate(parts, 1):
            path = parent.path / part.name
            finished = self.is_finished(path)
            listen(PartStarted(part, number, len(parts), path, finished))
            resume = path.exists()
            with RunFolder(path, resume=resume, resumed_by=resumed_by) as folder:
                if not finished:
                    folder.write_spec(program, part, self.role)
                    self._run_one(part.of(program), folder, listen, resume=resume)
            first = first or PartResult.of(part, path)
        summary = Summary.of(program, parent.path)
        parent.write_json(RECORD.file, summary.record())
        if self.pages:
            # last, as it marks the runs as finished
            write_summary(summary, parent.path, ended(parent.path))
        return summary

    def _run_one(
        self, program: Program, folder: RunFolder, on_event: Callable[[Event], None] | None, *, resume: bool
    ) -> RunResult:
        chosen = choose_device(program, self.device)

        def write_plan(event: Event) -> None:
            # the program of the event is for the data source that was found
            # what is resumed was planned when its files were there
            if isinstance(event, Started) and not (event.resumed and (folder.path / "plan.json").exists()):
                folder.write_json("plan.json", plan_as_json(event.program))

        listeners = [
            write_plan,
            *reporters(folder.path, self.log_to, page=self.pages),
            *([on_event] if on_event else []),
        ]
        result: RunResult | None = None
        # closed at once: the error of a listener would keep the generator, and torch's settings with it
        with closing(train(program, folder, chosen, resume=resume, request=self.request, shared=self.shared)) as events:
            for event in events:
                for listener in listeners:
                    listener(event)
                if isinstance(event, Finished):
                    result = event.result
        if result is None:
            assert self.request is not None and self.request.error is not None, "only a request halts a training"
            raise self.request.error
        return result
