"""A test that a resumed run ends with the same bits as an uninterrupted one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from netspec.interruption import StopRequest
from netspec.program.program import Program
from netspec.runner.events import Finished, Halted, RunResult
from netspec.runner.store.checkpoints import last_checkpoint
from netspec.runner.store.folder import RunFolder
from netspec.runner.store.record import run_record
from netspec.runner.train.loop import train
from netspec.saved.formats import STATE
from netspec.saved.moment import Moment

TIMES = {"seconds", "epoch_seconds", "train.seconds"}
"""The values that differ between any two runs."""


class StopAfter(StopRequest):
    """A request to end after a number of steps."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.steps = steps

    def should_stop(self, step: int) -> bool:
        return step >= self.steps


@dataclass(frozen=True)
class ResumeComparison:
    """The moment at which a run was halted and resumed, None if it ended before; the number of parts of its final state
    that were compared, and the names of those that differ."""

    moment: Moment | None
    compared: int
    differences: tuple[str, ...]


def run_through(program: Program, folder: Path, device: torch.device, steps: int | None = None) -> Moment | None:
    """Run a program in a folder, resuming if it exists, and halt after `steps`; returns the moment if it was halted."""
    halted: Moment | None = None
    resume = folder.exists()
    with RunFolder(folder, resume=resume) as locked:
        for event in train(program, locked, device, resume=resume, request=None if steps is None else StopAfter(steps)):
            if isinstance(event, Halted):
                halted = event.moment
            if isinstance(event, Finished):
                locked.write_json("result.json", result_of(event.result))
    return halted


def verify_resume(program: Program, folder: Path, device: torch.device, at: int) -> ResumeComparison:
    """Run a program twice below a folder, the second time halted after `at` steps and resumed, and compare the two."""
    run_through(program, folder / "whole", device)
    moment = run_through(program, folder / "resumed", device, at)
    if moment is not None:
        run_through(program, folder / "resumed", device)
    whole, resumed = (dict(final_state(folder / name)) for name in ("whole", "resumed"))
    names = sorted(whole.keys() | resumed.keys())
    return ResumeComparison(moment, len(names), tuple(name for name in names if whole.get(name) != resumed.get(name)))


def result_of(result: RunResult) -> dict[str, Any]:
    """The result of a run without its times."""
    record = run_record(result)
    return {"epochs": record["epochs"], "stopped": record["stopped"], "test": record["test"]}


def final_state(folder: Path) -> Iterator[tuple[str, Any]]:
    """The final state of a run by the names of its parts: its last checkpoint and its result, without times."""
    newest = last_checkpoint(folder / "checkpoints")
    assert newest is not None, "the last epoch is always saved"
    for path in sorted(newest.glob("*.safetensors")):
        yield path.name, path.read_bytes()
    state = json.loads((newest / STATE.file).read_bytes())
    state["history"] = [_without_times(row) for row in state["history"]]
    yield from _without_times(state).items()
    yield from json.loads((folder / "result.json").read_bytes()).items()


def _without_times(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in TIMES}
