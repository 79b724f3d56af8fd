"""The steps of netspec as functions of Python: check a spec, build its network, run it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.checker import check_file
from netspec.program.program import Program

if TYPE_CHECKING:
    from torch import nn

    from netspec.runner.events import Event, RunResult


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
    on_event: Callable[[Event], None] | None = None,
) -> RunResult:
    """Check, train and judge a spec; everything of it is in a run folder in the end.

    The folder is `out`, which must be new or empty, or a new one under `runs`. `device` takes the place of
    `train.device`; `on_event` hears of everything that happens, after it is saved.

    Raises NetspecError for what is wrong with the spec, the data, the device or the disk, and for numbers that
    overflow; its `exit_code` says which. What goes wrong before the first step leaves no folder, what goes wrong later
    leaves all that was saved until then; a test loss that overflows is raised after `Finished`, with everything saved.
    What `on_event` raises ends the run and comes out as it is. So does KeyboardInterrupt, with the place of the last
    checkpoint as a note.
    """
    program = spec if isinstance(spec, Program) else check(spec)

    from netspec.render.plan import plan_as_json
    from netspec.report import reporters
    from netspec.runner.device import choose
    from netspec.runner.events import Started
    from netspec.runner.folder import RunFolder
    from netspec.runner.loop import train

    chosen = choose(device) if device else choose(program.train.device, program.span_of("train.device"))
    with RunFolder(Path(out)) if out is not None else RunFolder.new(program.name) as folder:
        folder.write_spec(program.source)

        def write_plan(event: Event) -> None:
            # the program of the run is for the data that was taken
            if isinstance(event, Started):
                folder.write_json("plan.json", plan_as_json(event.program))

        listeners = [write_plan, *reporters(folder.path), *([on_event] if on_event else [])]
        # closed at once: the error of a listener would keep the run half-way, and torch's settings with it
        with closing(train(program, folder, chosen)) as events:
            return _listen(events, listeners)


def _listen(events: Iterable[Event], listeners: Sequence[Callable[[Event], None]]) -> RunResult:
    """Tell of a run event by event; returns what became of it."""
    from netspec.runner.events import Finished

    result: RunResult | None = None
    for event in events:
        for listener in listeners:
            listener(event)
        if isinstance(event, Finished):
            result = event.result
    assert result is not None, "a run ends with Finished or with an error"
    return result
