"""Runs that are killed at any moment and resumed until they end.

    python -m tests.campaigns.kills --count 900
    python -m tests.campaigns.kills --count 200 --commands

With `--commands` each is the real command line, else a process that is forked from this one, so that torch is loaded
once. After every kill the newest checkpoint is one that is whole and not older than the newest before; in the end
every byte of the run is that of a run that nobody killed. At least a third of the commands are killed after the last
epoch, while the run is judged, recorded and reported; each run ends with all files of one that nobody killed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import torch

from netspec.checker import check_file, saved_program
from netspec.runner.store.checkpoint import moment_of
from netspec.runner.store.checkpoints import Checkpoints, in_order
from netspec.runner.store.folder import RunFolder
from netspec.runner.store.run_history import is_finished
from netspec.runner.uses.verify_resume import final_state, run_through
from netspec.saved.moment import Moment

LATE = 0.2
"""The share of commands that are killed after their last epoch, beside those that have no other before them."""
EPOCHS, BATCHES = 4, 20
ENDED = os.WEXITED | os.WNOHANG | os.WNOWAIT
LAST = "checkpoints/epoch-0004"
TRAIN = """
train {
  epochs     = 4
  optimizer  = adam(lr=1e-2)
  schedule   = warmup(5 steps) -> cosine
  average    = ema(0.9)
  stop       = early_stopping(patience=3 epochs)
  checkpoint = every(3 steps, keep=2)
}
"""
SPEC = f"""
data {{
  source     = synthetic(image=[3, 8, 8], classes=3, samples=400)
  validation = 20%
  augment    = random_crop(8, padding=2) -> random_horizontal_flip
  batch_size = 16
}}
model {{ conv(8, 3) -> batch_norm -> relu -> dropout(0.3) -> global_avg_pool -> flatten -> linear(3) }}
{TRAIN}"""


class Lost(AssertionError):  # noqa: N818 - what was found
    """A checkpoint is lost or unreadable, or the end is another one."""


def begin(folder: Path) -> None:
    """Make a run's folder with its spec, as the command does."""
    spec = folder.parent / "spec.net"
    spec.write_text(SPEC)
    with RunFolder(folder) as locked:
        locked.begin()
        locked.write_spec(check_file(spec).require())


def forked(folder: Path) -> int:
    """Go on with a run in a process of its own, which ends with 0 if the run does."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        torch.set_num_threads(1)
        run_through(saved_program(folder), folder, torch.device("cpu"))
        status = 0
    finally:
        os._exit(status)


def commanded(folder: Path) -> int:
    command = [sys.executable, "-m", "netspec", "run", "--resume", str(folder), "--device", "cpu"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid


def newest(folder: Path) -> Moment:
    """The moment of the newest checkpoint, which has to be whole."""
    found, damages = Checkpoints(folder / "checkpoints").newest()
    if damages:
        raise Lost(f"the newest checkpoint can't be read: {damages[0]}")
    return Moment(found.state["epoch"], found.state["batch"]) if found else Moment()


@dataclass(frozen=True)
class Span:
    """How many seconds a process has before it is killed; what a command does after its last epoch takes `tail`."""

    least: float
    most: float
    tail: float = 0.0

    def wait(self, folder: Path, child: int, chance: Random, commands: bool) -> None:
        """Wait for the moment to kill a process. A command loads torch for most of its time: it is killed at a moment
        of its training, or while it judges, records and reports."""
        trained = (folder / LAST).exists()
        if not commands or trained:  # with a command that only reports, at any moment of what it does
            time.sleep(chance.uniform(self.least, self.most))
            return
        late = chance.random() < LATE
        goal = EPOCHS if late else chance.uniform(newest(folder).epoch, EPOCHS)
        while progress(folder) < goal and os.waitid(os.P_PID, child, ENDED) is None:
            time.sleep(0.001)
        time.sleep(chance.uniform(0, self.tail if late else 0.02))


def progress(folder: Path) -> float:
    """How many epochs the newest checkpoint is after."""
    moments = [moment_of(path) for path in in_order(folder / "checkpoints")]
    return max((moment.epoch + moment.batch / BATCHES for moment in moments), default=0.0)


def is_over(folder: Path, commands: bool) -> bool:
    """Whether a run has all that it writes: a process may be killed between any two files."""
    return is_finished(folder) if commands else (folder / "result.json").exists()


def kill_until_it_ends(folder: Path, chance: Random, kills: int, span: Span, commands: bool) -> Counter[str]:
    """Resume a run and kill it within a span of seconds, at most so many times; then let it end. Counts the kills."""
    before, found = Moment(), Counter[str]()
    while not is_over(folder, commands):
        child = commanded(folder) if commands else forked(folder)
        if found["kills"] < kills:
            span.wait(folder, child, chance, commands)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            found["kills"] += 1
            found["late"] += (folder / LAST).exists()
            found["recorded"] += (folder / "run.json").exists()
        elif os.waitstatus_to_exitcode(status) != 0:
            raise Lost("it failed by itself")
        now = newest(folder)
        if now < before:
            raise Lost(f"the checkpoint after {before} is lost: the newest is that after {now}")
        before = now
    return found


def parts(folder: Path) -> dict[str, object]:
    """What a run ended with; what only the command writes is left out."""
    return {name: part for name, part in final_state(folder) if name != "environment"}


def campaign(count: int, commands: bool, seed: int = 0) -> Counter[str]:
    """Kill so many times, in as many runs as it takes."""
    found: Counter[str] = Counter()
    with TemporaryDirectory(prefix="kills-") as name:
        place = Path(name)
        begin(place / "whole")
        started = time.perf_counter()
        child = commanded(place / "whole") if commands else forked(place / "whole")
        os.waitpid(child, 0)
        whole = time.perf_counter() - started
        # a command loads torch for most of its time; what is resumed has less before it than the whole
        span = Span(0.5 * whole, whole, 0.3 * whole) if commands else Span(0.0, 0.5 * whole)
        files = names(place / "whole")
        if commands:
            rejudge(place / "whole")
        expected = parts(place / "whole")
        while found["kills"] < count:
            folder = place / str(found["runs"])
            begin(folder)
            chance = Random(f"kill {seed} {found['runs']}")
            found += kill_until_it_ends(folder, chance, min(20, count - found["kills"]), span, commands)
            found["runs"] += 1
            if names(folder) != files:
                raise Lost(f"its files are others: {', '.join(sorted(names(folder) ^ files))}")
            if commands:
                rejudge(folder)
            differing = [part for part, value in expected.items() if parts(folder).get(part) != value]
            if differing:
                raise Lost(f"the end differs in {', '.join(differing)}")
            shutil.rmtree(folder)
    return found


def names(folder: Path) -> set[str]:
    """All files of a run."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def rejudge(folder: Path) -> None:
    """Bring what the command wrote of the result into the form that is compared."""
    record = json.loads((folder / "run.json").read_text())
    kept = {name: record[name] for name in ("epochs", "stopped", "test")}
    (folder / "result.json").write_text(json.dumps(kept))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=50, help="how many kills")
    parser.add_argument("--commands", action="store_true", help="kill the real command line")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.perf_counter()
    found = campaign(options.count, options.commands, options.seed)
    seconds = time.perf_counter() - started
    late = f"{found['late']} of them after the last epoch, {found['recorded']} after the record"
    print(f"{found['kills']} kills, {late}, in {found['runs']} runs, {seconds:.0f} s: nothing lost, every end the same")


if __name__ == "__main__":
    main()
