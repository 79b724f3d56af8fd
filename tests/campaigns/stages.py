"""Runs with stages that are killed at any moment and resumed until they end.

    python -m tests.campaigns.stages --count 2 --kills 30
    python -m tests.campaigns.stages --count 1 --kills 30 --commands

With `--commands` each is the real command line, else a process that is forked from this one, so that torch is loaded
once. In the end the specs, the weights, the files and the results of all stages are, to the last bit, those of a run
that nobody killed; times are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import torch

from netspec import api
from netspec.checker import check_file
from netspec.runner.store.folder import RunFolder
from tests.campaigns.campaign import Mismatch

STAGES = (
    "prune(50%) -> finetune(3 epochs) -> quantize(int8, keep=auto(loss=5%))",
    "prune(80%, of=weights, over=1 epoch) -> finetune(2 epochs) -> prune(30%, by=gradient) -> finetune(2 epochs)",
    'prune(of=weights, pattern="2:4") -> finetune(2 epochs) -> quantize(int8, calibrate=64)',
)
SPEC = """
data {{
  source     = synthetic(image=[3, 8, 8], classes=3, samples=400)
  validation = 20%
  augment    = random_crop(8, padding=2) -> random_horizontal_flip
  batch_size = 16
}}
model {{
  conv(8, 3, padding=1) -> batch_norm -> relu
  stem = conv(8, 3, padding=1) -> batch_norm
  stem + (stem -> relu -> conv(8, 3, padding=1)) -> relu -> dropout(0.2)
  global_avg_pool -> flatten -> linear(16) -> relu -> linear(3)
}}
train {{
  epochs     = 3
  optimizer  = adam(lr=1e-2)
  schedule   = cosine
  checkpoint = every(5 steps)
  stop       = early_stopping(patience=5 epochs)
}}
compress {{ stages = {stages} }}
"""
TIMED = ("seconds", "latencies", "troubles")
"""Keys of what is measured with a clock."""


def begin(folder: Path, number: int) -> Path:
    """Make the folder of a run, as the command does; another run for each number."""
    spec = folder.parent / "spec.net"
    spec.write_text(SPEC.format(stages=STAGES[number % len(STAGES)]))
    with RunFolder(folder) as locked:
        locked.begin()
        locked.write_spec(check_file(spec).require())
    return folder


def forked(folder: Path) -> int:
    """Go on with a run in a process of its own, which ends with 0 if the run does."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        torch.set_num_threads(1)
        api.resume(folder, device="cpu")
        status = 0
    finally:
        os._exit(status)


def commanded(folder: Path) -> int:
    command = [sys.executable, "-m", "netspec", "run", "--resume", str(folder), "--device", "cpu"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid


def kill_until_it_ends(folder: Path, chance: Random, kills: int, seconds: float, commands: bool) -> Counter[str]:
    """Go on with a run and kill it, so many times; then let it end. `seconds` is about how long it is in all."""
    count = Counter[str]()
    while True:
        child = commanded(folder) if commands else forked(folder)
        if count["kills"] < kills:
            time.sleep((3 if commands else 0) + chance.uniform(0, 3 * seconds / kills))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            if os.waitstatus_to_exitcode(status) != 0:
                raise Mismatch("a run failed by itself", str(folder))
            return count
        count["kills"] += 1
        count[place(folder)] += 1


def place(folder: Path) -> str:
    """How far a run had come when it was killed."""
    stages = sorted(item.name for item in (folder / "stages").glob("[0-9]*"))
    return f"in {stages[-1]}" if stages else "in training"


def facts(folder: Path) -> dict[str, Any]:
    """All that a run with stages comes to, without what is measured with a clock."""
    found: dict[str, Any] = {}
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        name = str(path.relative_to(folder))
        if path.suffix in (".safetensors", ".onnx", ".net") or path.name == "spec.json":
            found[name] = path.read_bytes()
        elif path.name in ("run.json", "stages.json"):
            found[name] = untimed(json.loads(path.read_text()))
        elif path.name == "metrics.jsonl":
            found[name] = [untimed(json.loads(line)) for line in path.read_text().splitlines()]
        else:
            found[name] = None
    return found


def untimed(data: Any) -> Any:
    match data:
        case dict():
            return {key: untimed(value) for key, value in data.items() if not key.endswith(TIMED)}
        case list():
            return [untimed(value) for value in data]
        case _:
            return data


def ensure_same(expected: dict[str, Any], found: dict[str, Any]) -> None:
    for name in dict.fromkeys((*expected, *found)):
        if expected.get(name, "absent") != found.get(name, "absent"):
            shown = [str(each.get(name, "absent"))[-600:] for each in (expected, found)]
            raise Mismatch(f"{name} is another one", "\n".join(shown))


def campaign(folder: Path, number: int, kills: int, commands: bool) -> Counter[str]:
    """One run, killed so many times, and the same one that nobody killed."""
    began = time.perf_counter()
    whole = begin(folder / "whole", number)
    if (os.waitpid(forked(whole), 0)[1]) != 0:
        raise Mismatch("the run failed by itself", SPEC)
    seconds = time.perf_counter() - began
    part = begin(folder / "part", number)
    count = kill_until_it_ends(part, Random(f"stages {number}"), kills, seconds, commands)
    ensure_same(facts(whole), facts(part))
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=3, help="number of runs")
    parser.add_argument("--first", type=int, default=0, help="number of the first one")
    parser.add_argument("--kills", type=int, default=10, help="of each run")
    parser.add_argument("--commands", action="store_true", help="kill the real command line")
    options = parser.parse_args()
    torch.set_num_threads(1)
    count = Counter[str]()
    for number in range(options.first, options.first + options.count):
        with TemporaryDirectory() as folder:
            count += campaign(Path(folder), number, options.kills, options.commands)
    print(dict(count))


if __name__ == "__main__":
    main()
