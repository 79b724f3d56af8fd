"""The steps of netspec as functions of Python: check a spec, build its network, run it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.checker import check_file
from netspec.program.program import Program
from netspec.program.trackers import Tracker, ensure_installed, trackers_of

if TYPE_CHECKING:
    from torch import nn

    from netspec.interruption import Request
    from netspec.runner.events import Event, RunResult
    from netspec.runner.folder import RunFolder


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
    ensure_installed(log_to)

    from netspec.runner.folder import RunFolder

    with RunFolder(Path(out)) if out is not None else RunFolder.new(program.name) as folder:
        return _run(program, folder, device, log_to, on_event, request, resume=False)


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
    from netspec.runner.folder import RunFolder
    from netspec.runner.kept import kept_program

    path = Path(folder)
    program, log_to = kept_program(path), trackers_of(path)
    ensure_installed(log_to)
    with RunFolder(path, resume=True) as locked:
        if (path / "run.json").exists():
            raise NetspecError.of(NoRun(None, str(path), "the run in it is finished"))
        return _run(program, locked, device, log_to, on_event, request, resume=True)


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
    from netspec.runner.device import choose
    from netspec.runner.events import Started
    from netspec.runner.loop import train

    chosen = choose(device) if device else choose(program.train.device, program.span_of("train.device"))
    if not resume:
        folder.write_spec(program)

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
