"""Trials of a spec from Python, of which no run is saved: smoke test, overfitting, learning rates, resuming."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from netspec.api.specs import Spec, as_program
from netspec.api.training import run

if TYPE_CHECKING:
    from netspec.runner.events import Event, RunResult
    from netspec.runner.uses.dry_runs import OverfitResult
    from netspec.runner.uses.lr_finder import LrFinderResult
    from netspec.runner.uses.verify_resume import ResumeComparison

PREFIX = "netspec-"
"""The names of temporary folders begin with it."""


def smoke(spec: Spec, *, device: str | None = None, on_event: Callable[[Event], None] | None = None) -> RunResult:
    """Run two batches through everything that a run does, from the data to the report. No run is saved.

    Of several runs it is the first. Raises NetspecError as `run` does.
    """
    from netspec.runner.events import RunResult
    from netspec.runner.uses.dry_runs import smoke_program

    program = smoke_program(as_program(spec))
    with TemporaryDirectory(prefix=PREFIX) as folder:
        result = run(program, out=Path(folder) / program.name, device=device, on_event=on_event)
    assert isinstance(result, RunResult), "it is one run"
    return result


def overfit(spec: Spec, batches: int = 1, *, device: str | None = None) -> OverfitResult:
    """Train on the samples of a few batches alone until the network overfits them. No run is saved.

    Raises NetspecError as `run` does, and if the network doesn't overfit them.
    """
    from netspec.runner.machine.device import choose_device
    from netspec.runner.uses.dry_runs import overfit

    program = as_program(spec)
    chosen = choose_device(program, device)
    with TemporaryDirectory(prefix=PREFIX) as folder:
        return overfit(program, batches, Path(folder) / "run", chosen)


def lr_find(
    spec: Spec, first: float = 1e-6, last: float = 10.0, steps: int = 100, *, device: str | None = None
) -> LrFinderResult | None:
    """Train at learning rates from `first` to `last`, each for a step, and suggest one. Nothing is saved.

    None if the steps of the spec's optimizer don't follow a learning rate. Raises NetspecError as `run` does.
    """
    program = as_program(spec)
    if not program.train.optimizer.follows_lr:
        return None
    from netspec.runner.machine.device import choose_device
    from netspec.runner.uses.lr_finder import find_lr

    return find_lr(program, choose_device(program, device), first, last, steps)


def verify_resume(spec: Spec, at: int, *, device: str | None = None) -> ResumeComparison:
    """Run a spec twice, the second time halted after `at` steps and resumed, and compare what they end with.

    Nothing is saved. Of several runs it is the first. Raises NetspecError as `run` does.
    """
    from netspec.runner.machine.device import choose_device
    from netspec.runner.uses.dry_runs import first_part
    from netspec.runner.uses.verify_resume import verify_resume

    program = as_program(spec)
    chosen = choose_device(program, device)
    with TemporaryDirectory(prefix=PREFIX) as folder:
        return verify_resume(first_part(program), Path(folder), chosen, at)
