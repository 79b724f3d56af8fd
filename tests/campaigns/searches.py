"""Searches that are killed at any moment and resumed until they end.

    python -m tests.campaigns.searches --count 5 --trials 30 --kills 20
    python -m tests.campaigns.searches --count 1 --trials 30 --kills 20 --commands
    python -m tests.campaigns.searches --count 10 --trials 30 --workers

With `--commands` each is the real command line, else a process that is forked from this one, so that torch is loaded
once. In the end the journal, the weights and the results of all trials are, to the last bit, those of a search that
nobody killed.

With `--workers` four processes share a search of half of the trials, and two of them are killed; then four others go on
to all trials, of which two are killed too. In the end there are as many trials as were asked for, each of them ended
once and run by one process at a time, and all are, with their weights, those of a search that one process ran.
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
from netspec.experiments.study import StudyRun
from netspec.runner.events import Event, Started
from netspec.saved.formats import JOURNAL
from tests.campaigns.campaign import Mismatch
from tests.campaigns.studies import alone, trials_of

METHODS = ("tpe(trials={trials}, startup_trials=4)", "nsga2(trials={trials}, population=4)", "random(trials={trials})")
STOPS = ("median(after=1 epochs, startup_trials=2)", "halving(after=1 epochs)", "hyperband(after=1 epochs)")
SPEC = """
param width = 8     in [4, 8, 16]
param deep  = false in [false, true]
param more  = 4     in [4, 8]
param lr    = 1e-2  in log(1e-3, 1e8)
data {{
  source     = synthetic(image=[1, 4, 4], classes=3, samples=120)
  validation = {validation}
  augment    = random_horizontal_flip
  batch_size = 16
}}
model {{
  flatten -> linear(width) -> batch_norm -> relu -> dropout(0.2)
  if deep {{ linear(more) -> relu }}
  linear(3)
}}
train {{ epochs = 4, optimizer = sgd(lr=lr), average = ema(0.9), checkpoint = every(3 steps) }}
search {{ method = {method}, minimize = validation.loss, stop = {stop}, parallel = {parallel} }}
"""


def write_spec(folder: Path, number: int, trials: int, parallel: int = 1) -> Path:
    """A search of its own for each number: another method, another rule that stops trials, with folds or without."""
    path = folder / "spec.net"
    method, stop = METHODS[number % 3].format(trials=trials), STOPS[number // 3 % 3]
    validation = "kfold(2)" if number % 4 == 3 else "20%"
    path.write_text(SPEC.format(method=method, stop=stop, validation=validation, parallel=parallel))
    return path


def forked(folder: Path, *, concludes: bool = True) -> int:
    """Go on with a search in a process of its own, which ends with 0 if the search does."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        torch.set_num_threads(1)
        StudyRun(api.open_search(folder), device="cpu", on_event=alone_with_its_run, concludes=concludes).run()
        status = 0
    finally:
        os._exit(status)


def alone_with_its_run(event: Event) -> None:
    """Note which process runs a trial, beside it, and where two do so at once."""
    if isinstance(event, Started):
        owners = event.folder.parent.with_name(f"owners of {event.folder.parent.name}") / event.folder.name
        owners.mkdir(parents=True, exist_ok=True)
        alone(owners)


def commanded(folder: Path) -> int:
    command = [sys.executable, "-m", "netspec", "search", "--resume", str(folder), "--device", "cpu"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid


def begun(spec: Path, folder: Path) -> Path:
    api.begin_search(spec, out=folder)
    return folder


def kill_until_it_ends(
    folder: Path, chance: Random, trials: int, kills: int, seconds: float, commands: bool
) -> Counter[str]:
    """Go on with a search of so many trials and kill it, so many times; then let it end. `seconds` is about how long it
    is in all."""
    count = Counter[str]()
    while True:
        child = commanded(folder) if commands else forked(folder)
        if count["kills"] < kills:
            if commands:  # what is killed is no process that loads torch
                goal = lines(folder) + chance.randint(1, max(1, trials // kills))
                while lines(folder) < goal and not ended(child):
                    time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.1 if commands else 2 * seconds / kills))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            if os.waitstatus_to_exitcode(status) != 0:
                raise Mismatch("a search failed by itself", str(folder))
            return count
        count["kills"] += 1


def lines(folder: Path) -> int:
    return (folder / JOURNAL.file).read_bytes().count(b"\n")


def ended(child: int) -> bool:
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def facts(folder: Path) -> dict[str, Any]:
    """All that a search comes to, without what is measured with a clock."""
    found: dict[str, Any] = {JOURNAL.file: (folder / JOURNAL.file).read_text()}
    for path in sorted((folder / "trials").rglob("*")):
        name = str(path.relative_to(folder))
        if path.suffix == ".safetensors" or path.name in ("spec.json", "index.json"):
            found[name] = path.read_bytes()
        elif path.name == "run.json":
            record = json.loads(path.read_text())
            found[name] = {key: record.get(key) for key in ("spec", "epochs", "stopped", "validation", "test")}
        elif path.name == "metrics.jsonl":
            rows = map(json.loads, path.read_text().splitlines())
            found[name] = [{key: value for key, value in row.items() if "seconds" not in key} for row in rows]
        elif path.is_file():
            found[name] = None
    return found


def ensure_same(expected: dict[str, Any], found: dict[str, Any]) -> None:
    for name in dict.fromkeys((*expected, *found)):
        if expected.get(name, "absent") != found.get(name, "absent"):
            shown = [str(each.get(name, "absent"))[-600:] for each in (expected, found)]
            raise Mismatch(f"{name} is another one", "\n".join(shown))


def share_and_kill(folder: Path, chance: Random, trials: int, seconds: float) -> int:
    """Four processes go on with a search to so many trials, two of which are killed within so many seconds and don't
    come back; how many were killed before it had ended."""
    api.open_search(folder, trials=trials)
    children = [forked(folder, concludes=False) for _ in range(4)]
    moments = sorted(chance.uniform(0, seconds) for _ in range(2))
    for child, wait in zip(children, (moments[0], moments[1] - moments[0]), strict=False):
        time.sleep(wait)
        os.kill(child, signal.SIGKILL)
    killed = 0
    for number, child in enumerate(children):
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
        if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status) != 0:
            raise Mismatch(f"worker {number} failed by itself", str(folder))
    history = api.open_search(folder).history
    if [trial.number for trial in history.trials] != list(range(1, trials + 1)) or history.open():
        raise Mismatch(f"there aren't {trials} trials that have ended", str(history.trials))
    return killed


def shared_campaign(folder: Path, number: int, trials: int) -> Counter[str]:
    """One search by four processes at a time of which two are killed, and the same one by a single process."""
    spec = write_spec(folder, number, trials, parallel=4)
    began = time.perf_counter()
    whole = begun(spec, folder / "whole")
    if (os.waitpid(forked(whole), 0)[1]) != 0:
        raise Mismatch("the search failed by itself", spec.read_text())
    seconds = time.perf_counter() - began
    part, chance = folder / "part", Random(f"workers {number}")
    api.begin_search(spec, out=part, trials=trials // 2)
    count = Counter(kills=sum(share_and_kill(part, chance, total, seconds / 4) for total in (trials // 2, trials)))
    if doubled := [path.read_text() for path in folder.rglob("doubled")]:
        raise Mismatch("two processes ran one trial at once", ", ".join(doubled))
    expected, found = facts(whole), facts(part)
    ensure_same({**expected, JOURNAL.file: trials_of(whole)}, {**found, JOURNAL.file: trials_of(part)})
    return count + states(part)


def states(folder: Path) -> Counter[str]:
    """How many trials of a study ended in which way."""
    trials = api.open_search(folder).history.trials
    return Counter(trial.outcome.state for trial in trials if trial.outcome is not None)


def campaign(folder: Path, number: int, trials: int, kills: int, commands: bool) -> Counter[str]:
    """One search, killed so many times, and the same one that nobody killed."""
    spec = write_spec(folder, number, trials)
    began = time.perf_counter()
    whole = begun(spec, folder / "whole")
    if (os.waitpid(forked(whole), 0)[1]) != 0:
        raise Mismatch("the search failed by itself", spec.read_text())
    seconds = time.perf_counter() - began
    part = begun(spec, folder / "part")
    count = kill_until_it_ends(part, Random(f"search {number}"), trials, kills, seconds, commands)
    ensure_same(facts(whole), facts(part))
    return count + states(part)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=3, help="number of searches")
    parser.add_argument("--first", type=int, default=0, help="number of the first one")
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--commands", action="store_true", help="kill the real command line")
    parser.add_argument("--workers", action="store_true", help="share each among processes, and kill half of them")
    options = parser.parse_args()
    torch.set_num_threads(1)
    count = Counter[str]()
    for number in range(options.first, options.first + options.count):
        with TemporaryDirectory() as folder:
            if options.workers:
                count += shared_campaign(Path(folder), number, options.trials)
            else:
                count += campaign(Path(folder), number, options.trials, options.kills, options.commands)
            print(f"search {number}: {dict(count)} so far", file=sys.stderr, flush=True)
    print(dict(count))


if __name__ == "__main__":
    main()
