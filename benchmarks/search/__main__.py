"""How long a search takes, against the same search in other ways.

    python -m benchmarks.search [mnist_fc small_cnn] [--rounds 3] [--trials 30] [--against script limit] [--json FILE]

Two works on the digits that come with netspec: the network of specs/mnist_fc.net, and a small convolutional one. Each
contender is a process of its own, measured from its start to its end, and they take turns with a seed for each round:
`netspec search` with its folder of trials; `script`, what a competent user writes with PyTorch and Optuna; `limit`, the
best that we can write by hand with both; `keras_tuner`, where it is installed. All search the same two params of each
work with as many trainings of as many epochs in the same batches, and none stops a hopeless one. netspec and the two by
hand have the same sampler; Keras Tuner has its own.

Medians are of the time on the clock and of that which processors worked, each with its ratio to ours, and the accuracies
on the validation split of each round.

Then all of them train once with the defaults: `netspec run`, with its report, against the same training of the others.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.search.work import WORKS, Work

OURS = "netspec"
RIVALS = {"script": "optuna", "limit": "optuna", "keras_tuner": "keras_tuner"}
"""Those who search too, and what they need."""


class Measured(NamedTuple):
    """The seconds from the start of a process to its end, and those that processors worked for it; and the best
    accuracy on the validation split."""

    seconds: float
    worked: float
    accuracy: float


def ran(line: list[str]) -> tuple[float, float, str]:
    """The seconds of a process, those of processors, and what it printed."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ended = subprocess.run(line, check=True, capture_output=True, text=True)
    seconds, now = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, now.ru_utime + now.ru_stime - before.ru_utime - before.ru_stime, ended.stdout


def measured(contender: str, work: Work, trials: int, seed: int) -> Measured:
    """A search of so many trials; one training if that is one."""
    with TemporaryDirectory(prefix="netspec-search-") as folder:
        if contender != OURS:
            module = f"benchmarks.search.contenders.{contender}"
            line = [sys.executable, "-m", module, work.name, f"--trials={trials}", f"--epochs={work.epochs}"]
            *times, printed = ran([*line, f"--seed={seed}"])
            return Measured(*times, float(printed.split()[-1]))
        line = [sys.executable, "-m", "netspec", "run" if trials == 1 else "search", str(work.spec)]
        line += ["--out", f"{folder}/out", f"--set=epochs={work.epochs}", f"--set=seed={seed}", "--device", "cpu"]
        *times, printed = ran(line + ([f"--trials={trials}"] if trials > 1 else []))
        if trials == 1:
            rows = Path(folder, "out", "metrics.jsonl").read_text().splitlines()
            return Measured(*times, json.loads(rows[-1])["validation.accuracy"])
        best = re.search(r"^best .* ([\d.]+)%$", printed, re.MULTILINE)
        assert best is not None, printed
        return Measured(*times, float(best[1]) / 100)


def compare(work: Work, contenders: list[str], trials: int, rounds: int) -> dict[str, list[Measured]]:
    """What each contender took in each round."""
    found: dict[str, list[Measured]] = {name: [] for name in contenders}
    for seed in range(rounds):
        for name, each in found.items():
            each.append(measured(name, work, trials, seed))
            said = f"{each[-1].seconds:8.2f} s  {each[-1].worked:8.2f} s  {each[-1].accuracy:.2%}"
            print(f"round {seed + 1}  {work.name} x {trials}  {name:<12} {said}", file=sys.stderr, flush=True)
    return found


def show(work: Work, trials: int, found: dict[str, list[Measured]]) -> None:
    print(f"{work.name}, {f'{trials} trials' if trials > 1 else 'one training'} of {work.epochs} epochs")
    for name, each in found.items():
        pairs = list(zip(each, found[OURS], strict=True))
        times = median(one.seconds for one in each), median(its.seconds / own.seconds for its, own in pairs)
        worked = median(one.worked for one in each), median(its.worked / own.worked for its, own in pairs)
        accuracies = ", ".join(f"{one.accuracy:.1%}" for one in each)
        print(
            f"  {name:<12}{times[0]:>8.2f} s{times[1]:>7.2f}x{worked[0]:>10.2f} s{worked[1]:>7.2f}x   {accuracies}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("works", nargs="*", metavar="WORK", help=f"by default {' and '.join(WORKS)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--against", nargs="+", choices=RIVALS, help="by default all that are there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was measured there")
    options = parser.parse_args()
    if unknown := set(options.works) - set(WORKS):
        parser.error(f"no work: {', '.join(sorted(unknown))}")
    contenders = [OURS, *(options.against or (name for name, needed in RIVALS.items() if find_spec(needed)))]
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    record: dict[str, object] = {}
    for name in options.works or WORKS:
        for trials in (options.trials, 1):
            found = compare(WORKS[name], contenders, trials, options.rounds)
            show(WORKS[name], trials, found)
            record[f"{name} x {trials}"] = found
    if options.json:
        options.json.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
