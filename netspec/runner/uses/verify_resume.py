"""Whether a run that is resumed ends where the uninterrupted one ends, bit for bit: tried out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from netspec.interruption import Request
from netspec.program.program import Program
from netspec.runner.events import Finished, Halted, RunResult
from netspec.runner.store.checkpoint import STATE, Moment, last_checkpoint
from netspec.runner.store.folder import RunFolder
from netspec.runner.store.record import run_record
from netspec.runner.train.loop import train

TIMES = {"seconds", "epoch_seconds", "train.seconds"}
"""What differs between any two runs."""


class After(Request):
    """Asks for the end after a number of steps."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.steps = steps

    def asks(self, step: int) -> bool:
        return step >= self.steps


@dataclass(frozen=True)
class Verified:
    """Where a run was halted and resumed, None if it ended before, and what of its end differs from the other's."""

    moment: Moment | None
    compared: int
    differences: tuple[str, ...]


def run_through(program: Program, folder: Path, device: torch.device, steps: int | None = None) -> Moment | None:
    """Run a program in a folder, halted after so many steps; gives the moment if it was."""
    halted: Moment | None = None
    resume = folder.exists()
    with RunFolder(folder, resume=resume) as locked:
        for event in train(program, locked, device, resume=resume, request=None if steps is None else After(steps)):
            if isinstance(event, Halted):
                halted = event.moment
            if isinstance(event, Finished):
                locked.write_json("result.json", result_of(event.result))
    return halted


def verify_resume(program: Program, folder: Path, device: torch.device, at: int) -> Verified:
    """Run a program twice below a folder, the second time halted after `at` steps and resumed, and compare the two."""
    run_through(program, folder / "whole", device)
    moment = run_through(program, folder / "resumed", device, at)
    if moment is not None:
        run_through(program, folder / "resumed", device)
    whole, resumed = (dict(finals(folder / name)) for name in ("whole", "resumed"))
    names = sorted(whole.keys() | resumed.keys())
    return Verified(moment, len(names), tuple(name for name in names if whole.get(name) != resumed.get(name)))


def result_of(result: RunResult) -> dict[str, Any]:
    """What a run came to, its times left out."""
    record = run_record(result)
    return {"epochs": record["epochs"], "stopped": record["stopped"], "test": record["test"]}


def finals(folder: Path) -> Iterator[tuple[str, Any]]:
    """What a run ends with, piece by piece: every file of its last checkpoint, and its result; times left out."""
    newest = last_checkpoint(folder / "checkpoints")
    assert newest is not None, "the last epoch is always saved"
    for path in sorted(newest.glob("*.safetensors")):
        yield path.name, path.read_bytes()
    state = json.loads((newest / STATE).read_bytes())
    state["history"] = [_without_times(row) for row in state["history"]]
    yield from _without_times(state).items()
    yield from json.loads((folder / "result.json").read_bytes()).items()


def _without_times(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in TIMES}
