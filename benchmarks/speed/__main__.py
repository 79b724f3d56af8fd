"""How fast netspec trains, against other ways to do the same work.

    python -m benchmarks.speed WORK [DATA] [--rounds 5] [--epochs 3] [--against script limit] [--json FILE]

Every contender is a process of its own, and they take turns. DATA is a folder in which the data of the works is made
once, or that with `MNIST/raw`. An epoch is the median without the first one, in which libraries warm up; `first` is all
from the end of the imports to the end of that one, the reading of data included. Accuracies have to be alike: it is the
same work.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

from benchmarks.speed.contenders import OURS, RIVALS, command, those_there
from benchmarks.speed.measured import Measured, heard
from benchmarks.speed.work import DATA, WORKS, Work, work_named

Found = Mapping[str, Sequence[Measured]]


def measure(work: Work, contenders: Sequence[str], data: Path, epochs: int, rounds: int) -> Found:
    """What each contender said in each round; the seed of a round is the same for all."""
    found: dict[str, list[Measured]] = {name: [] for name in contenders}
    for seed in range(rounds):
        for name in contenders:
            # what it writes to stderr is seen at once
            ran = subprocess.run(command(name, work, data, epochs, seed), check=True, stdout=subprocess.PIPE, text=True)
            found[name].append(heard(ran.stdout))
            print(f"round {seed + 1}  {name:<12} {epoch(found[name][-1]):8.3f} s an epoch", file=sys.stderr, flush=True)
    return found


def epoch(measured: Measured) -> float:
    return median(measured.epochs[1:])


def show(found: Found) -> None:
    """The table of medians, and of ratios to ours round by round."""
    print(f"{'':<12}{'epoch':>10}{'of ours':>10}{'first':>12}{'of ours':>10}{'accuracy':>10}{'memory':>12}")
    for name, measured in found.items():
        pairs = list(zip(measured, found[OURS], strict=True))
        of_epoch = median(epoch(theirs) / epoch(ours) for theirs, ours in pairs)
        of_first = median(theirs.first / ours.first for theirs, ours in pairs)
        print(
            f"{name:<12}{median(map(epoch, measured)):>8.3f} s{of_epoch:>9.2f}x"
            f"{median(one.first for one in measured):>10.2f} s{of_first:>9.2f}x"
            f"{accuracy(measured):>10.2%}{median(one.memory for one in measured) / 2**20:>8.0f} MiB"
        )


def accuracy(measured: Sequence[Measured]) -> float:
    return median(one.accuracy for one in measured)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", choices=WORKS)
    parser.add_argument("data", type=Path, nargs="?", default=DATA)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=3, help="at least 2: the first one is told by itself")
    parser.add_argument("--against", nargs="+", choices=RIVALS, help="by default all that are there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was measured there")
    options = parser.parse_args()
    if options.epochs < 2:
        parser.error("--epochs is at least 2")
    work, data = work_named(options.work), options.data.resolve()
    work.data.ensure(data)
    contenders = [OURS, *(options.against or those_there(work))]
    found = measure(work, contenders, data, options.epochs, options.rounds)
    show(found)
    if options.json:
        record = {name: [asdict(one) for one in measured] for name, measured in found.items()}
        options.json.write_text(json.dumps({"work": work.name, "contenders": record}, indent=1) + "\n")
    accuracies = [accuracy(measured) for measured in found.values()]
    if max(accuracies) - min(accuracies) > work.alike:
        raise SystemExit(f"the accuracies differ by more than {work.alike:.0%}: that isn't the same work")


if __name__ == "__main__":
    main()
