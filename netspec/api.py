"""The steps of netspec as functions of Python: check a spec, build its network, run it."""

from __future__ import annotations

from collections.abc import Callable
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
    """The network of a program on the CPU, with the initial weights that follow from `train.seed`."""
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
    `train.device`; `on_event` hears of everything that happens. Raises NetspecError.
    """
    program = spec if isinstance(spec, Program) else check(spec)

    from netspec.render.plan import plan_as_json
    from netspec.report import reporters
    from netspec.runner.device import choose
    from netspec.runner.events import Finished
    from netspec.runner.files import file_problems
    from netspec.runner.folder import RunFolder
    from netspec.runner.loop import train

    chosen = choose(device) if device else choose(program.train.device, program.span_of("train.device"))
    with RunFolder(Path(out)) if out is not None else RunFolder.new(program.name) as folder:
        folder.write_spec(program.source)
        folder.write_json("plan.json", plan_as_json(program))
        writers = reporters(folder.path)
        for event in train(program, folder, chosen):
            with file_problems(folder.path):
                for write in writers:
                    write(event)
            if on_event is not None:
                on_event(event)
            if isinstance(event, Finished):
                return event.result
    raise AssertionError("a run ends with Finished or with an error")
