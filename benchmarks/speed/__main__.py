"""How fast netspec trains, against other ways to do the same work.

    python -m benchmarks.speed mnist_fc DATA [--rounds 5] [--epochs 3] [--against script limit]

Every contender is a process of its own, and they take turns. DATA is the folder with `MNIST/raw`. The first epoch of
each is left out, in which libraries warm up. Accuracies have to be within a percent: it is the same work.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from benchmarks.speed.measured import Measured, heard

SPECS = {"mnist_fc": "specs/mnist_fc.net"}
"""The works, and the spec of each."""
RIVALS = ("script", "limit", "skorch", "lightning", "keras_torch")
OURS = "netspec"
ALIKE = 0.01


def command(work: str, contender: str, data: Path, epochs: int, seed: int) -> list[str]:
    module = "benchmarks.speed.ours" if contender == OURS else f"benchmarks.speed.{work}.{contender}"
    spec = ["--spec", SPECS[work]] if contender == OURS else []
    return [sys.executable, "-m", module, str(data), *spec, "--epochs", str(epochs), "--seed", str(seed)]


def measure(work: str, contenders: Sequence[str], data: Path, epochs: int, rounds: int) -> dict[str, list[Measured]]:
    """What each contender said in each round; the seed of a round is the same for all."""
    found: dict[str, list[Measured]] = {name: [] for name in contenders}
    for seed in range(rounds):
        for name in contenders:
            ran = subprocess.run(command(work, name, data, epochs, seed), check=True, capture_output=True, text=True)
            found[name].append(heard(ran.stdout))
            seconds = median(found[name][-1].epochs[1:])
            print(f"round {seed + 1}  {name:<12} {seconds:8.3f} s an epoch", file=sys.stderr, flush=True)
    return found


def show(found: dict[str, list[Measured]]) -> bool:
    """The table of medians and of ratios round by round; whether the accuracies are those of the same work."""
    epochs = {name: [median(one.epochs[1:]) for one in measured] for name, measured in found.items()}
    accuracies = {name: median(one.accuracy for one in measured) for name, measured in found.items()}
    print(f"{'':<12}{'epoch':>10}{'of ours':>10}{'accuracy':>10}{'memory':>12}")
    for name, measured in found.items():
        ratio = median(theirs / ours for theirs, ours in zip(epochs[name], epochs[OURS], strict=True))
        memory = median(one.memory for one in measured) / 2**20
        print(f"{name:<12}{median(epochs[name]):>8.3f} s{ratio:>9.2f}x{accuracies[name]:>10.2%}{memory:>8.0f} MiB")
    return max(accuracies.values()) - min(accuracies.values()) <= ALIKE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", choices=SPECS)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=3, help="at least 2: the first one isn't counted")
    parser.add_argument("--against", nargs="+", choices=RIVALS, default=[])
    options = parser.parse_args()
    there = [name for name in RIVALS if find_spec(f"benchmarks.speed.{options.work}.{name}")]
    contenders = [OURS, *(options.against or there)]
    if not show(measure(options.work, contenders, options.data.resolve(), options.epochs, options.rounds)):
        raise SystemExit("the accuracies differ: that isn't the same work")


if __name__ == "__main__":
    main()
