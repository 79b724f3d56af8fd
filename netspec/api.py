"""The steps of netspec as functions of Python: check a spec, build its network, run it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.checker import check_file
from netspec.program.parts import parts_of
from netspec.program.program import Program
from netspec.program.trackers import TRACKERS, Tracker, ensure_installed, trackers_of

if TYPE_CHECKING:
    from torch import nn

    from netspec.interruption import Request
    from netspec.runner.events import Event, RunResult
    from netspec.runner.store.folder import RunFolder
    from netspec.runner.uses.dry_runs import Learned
    from netspec.runner.uses.run_summary import Summary


def check(path: str | Path) -> Program:
    """The checked program of a spec; loads no torch. Raises NetspecError with all that is wrong."""
    return check_file(Path(path)).require()


def build(program: Program) -> nn.Module:
    """The network of a program on the CPU, with the initial weights that follow from `train.seed`.

    What was checked can be built: nothing is raised, but torch's RuntimeError where the memory is too small.
    """
    from netspec.builder import build

    return build(program)


def run(
    spec: Program | str | Path,
    *,
    out: str | Path | None = None,
    device: str | None = None,
    log_to: Sequence[Tracker] = (),
    on_event: Callable[[Event], None] | None = None,
    request: Request | None = None,
) -> RunResult:
    """Check, train and judge a spec; everything of it is in a run folder in the end.

    A spec with folds or several seeds is several runs, for `run_parts`; here it is a ValueError.

    The folder is `out`, which must be new or empty, or a new one under `runs`. `device` takes the place of
    `train.device`; `log_to` names trackers besides the folder, whose extras have to be installed; `on_event` hears of
    everything that happens, after it is saved.

    Raises NetspecError for what is wrong with the spec, the data, the device or the disk, and for numbers that
    overflow; its `exit_code` says which. What goes wrong before the first step leaves no folder, what goes wrong later
    leaves all that was saved until then; a test loss that overflows is raised after `Finished`, with everything saved.
    What `on_event` raises ends the run and comes out as it is. So does KeyboardInterrupt, with the way to go on as a
    note. Once the `request` has an error the step under way is the last one: its state is saved, and the error raised.
    """
    program = spec if isinstance(spec, Program) else check(spec)
    if parts := parts_of(program):
        raise ValueError(f"{program.source.name} stands for {len(parts)} runs: `run_parts` runs them")
    ensure_installed(log_to)

    from netspec.runner.store.folder import RunFolder

    with RunFolder(Path(out)) if out is not None else RunFolder.new(program.name) as folder:
        folder.write_spec(program)
        return _run(program, folder, device, log_to, on_event, request, resume=False)


def run_parts(
    spec: Program | str | Path,
    *,
    out: str | Path | None = None,
    device: str | None = None,
    log_to: Sequence[Tracker] = (),
    on_event: Callable[[Event], None] | None = None,
    request: Request | None = None,
) -> Summary:
    """Run a spec for each of its folds and seeds, one after the other, and sum up what they came to.

    Each is a run of its own in a folder below the one of all. Arguments and errors are those of `run`; the first run
    that goes wrong ends it, and `resume_parts` goes on there.
    """
    program = spec if isinstance(spec, Program) else check(spec)
    ensure_installed(log_to)

    from netspec.runner.store.folder import RunFolder

    with RunFolder(Path(out)) if out is not None else RunFolder.new(program.name) as folder:
        folder.write_spec(program)
        return _run_parts(program, folder, device, log_to, on_event, request)


def smoke(
    spec: Program | str | Path, *, device: str | None = None, on_event: Callable[[Event], None] | None = None
) -> RunResult:
    """Two batches through everything that a run does, from the data to the report. No run is kept.

    Of several runs it is the first. Raises NetspecError as `run` does.
    """
    from tempfile import TemporaryDirectory

    from netspec.runner.uses.dry_runs import smoke

    program = smoke(spec if isinstance(spec, Program) else check(spec))
    with TemporaryDirectory(prefix="netspec-") as folder:
        return run(program, out=Path(folder) / program.name, device=device, on_event=on_event)


def overfit(spec: Program | str | Path, batches: int = 1, *, device: str | None = None) -> Learned:
    """Train on the samples of a few batches alone until the network knows them by heart. No run is kept.

    Raises NetspecError as `run` does, and where the network doesn't learn them.
    """
    from tempfile import TemporaryDirectory

    from netspec.runner.machine.device import choose
    from netspec.runner.uses.dry_runs import overfit

    program = spec if isinstance(spec, Program) else check(spec)
    chosen = choose(device) if device else choose(program.train.device, program.span_of("train.device"))
    with TemporaryDirectory(prefix="netspec-") as folder:
        return overfit(program, batches, Path(folder) / "run", chosen)


def resume(
    folder: str | Path,
    *,
    device: str | None = None,
    on_event: Callable[[Event], None] | None = None,
    request: Request | None = None,
) -> RunResult:
    """Go on with a run that ended before its time, from its newest checkpoint, as `run` would have gone on.

    On the same machine, with the same versions and as many threads, it ends with the same bits. The folder is enough:
    it has the spec, and what it is logged to. Raises NetspecError as `run` does, and where the folder is that of no run
    or of a finished one.
    """
    from netspec.problems import NetspecError
    from netspec.problems.running import NoRun
    from netspec.runner.store.folder import RunFolder
    from netspec.runner.store.saved_spec import saved_program

    path = Path(folder)
    program, log_to = saved_program(path), trackers_of(path)
    if parts := parts_of(program):
        raise ValueError(f"{path} is the folder of {len(parts)} runs: `resume_parts` goes on with them")
    ensure_installed(log_to)
    with RunFolder(path, resume=True) as locked:
        if (path / "run.json").exists():
            raise NetspecError.of(NoRun(None, str(path), "the run in it is finished"))
        return _run(program, locked, device, log_to, on_event, request, resume=True)


def resume_parts(
    folder: str | Path,
    *,
    device: str | None = None,
    on_event: Callable[[Event], None] | None = None,
    request: Request | None = None,
) -> Summary:
    """Go on with runs of folds and seeds that ended before their time: with the one under way, then with the others.

    Runs that are finished stay as they are. Arguments and errors are those of `resume`.
    """
    from netspec.runner.store.folder import RunFolder
    from netspec.runner.store.saved_spec import saved_program

    path = Path(folder)
    program = saved_program(path)
    logged: set[Tracker] = {name for part in parts_of(program) for name in trackers_of(path / part.name)}
    log_to: tuple[Tracker, ...] = tuple(name for name in TRACKERS if name in logged)
    ensure_installed(log_to)
    with RunFolder(path, resume=True) as locked:
        return _run_parts(program, locked, device, log_to, on_event, request)


def _run_parts(
    program: Program,
    whole: RunFolder,
    device: str | None,
    log_to: Sequence[Tracker],
    on_event: Callable[[Event], None] | None,
    request: Request | None,
) -> Summary:
    from datetime import datetime

    from netspec.report.summary_page import write_summary
    from netspec.runner.events import PartBegun, Started
    from netspec.runner.store.folder import RunFolder
    from netspec.runner.store.same_data import ensure_same
    from netspec.runner.uses.run_summary import PartResult, Summary

    done: PartResult | None = None

    def tell(event: Event) -> None:
        if isinstance(event, Started):
            if done is not None:
                ensure_same(event.program, event.data, done.digest, whole.path / done.part.name)
            # before the first step of the first run nothing came of it
            whole.begin()
        if on_event is not None:
            on_event(event)

    parts = parts_of(program)
    for number, part in enumerate(parts, 1):
        path = whole.path / part.name
        finished = (path / "run.json").exists()
        tell(PartBegun(part, number, len(parts), path, finished))
        if not finished:
            resume = path.exists()
            with RunFolder(path, resume=resume, whole=whole.path) as folder:
                folder.write_spec(program, part)
                _run(part.of(program), folder, device, log_to, tell, request, resume=resume)
        done = done or PartResult.of(part, path)
    summary = Summary.of(program, whole.path)
    write_summary(summary, whole.path, datetime.now())
    # last, for it says that all is there
    whole.write_json("run.json", summary.record())
    return summary


def _run(
    program: Program,
    folder: RunFolder,
    device: str | None,
    log_to: Sequence[Tracker],
    on_event: Callable[[Event], None] | None,
    request: Request | None,
    *,
    resume: bool,
) -> RunResult:
    from netspec.render.plan import plan_as_json
    from netspec.report import reporters
    from netspec.runner.events import Started
    from netspec.runner.machine.device import choose
    from netspec.runner.train.loop import train

    chosen = choose(device) if device else choose(program.train.device, program.span_of("train.device"))

    def write_plan(event: Event) -> None:
        # the program of the run is for the data that was taken
        if isinstance(event, Started):
            folder.write_json("plan.json", plan_as_json(event.program))

    listeners = [write_plan, *reporters(folder.path, log_to), *([on_event] if on_event else [])]
    # closed at once: the error of a listener would keep the run half-way, and torch's settings with it
    with closing(train(program, folder, chosen, resume=resume, request=request)) as events:
        result = _listen(events, listeners)
    if result is None:
        assert request is not None and request.error is not None, "only who is asked to halts"
        raise request.error
    return result


def _listen(events: Iterable[Event], listeners: Sequence[Callable[[Event], None]]) -> RunResult | None:
    """Tell of a run event by event; returns what became of it, None if it halted."""
    from netspec.runner.events import Finished

    result: RunResult | None = None
    for event in events:
        for listener in listeners:
            listener(event)
        if isinstance(event, Finished):
            result = event.result
    return result
