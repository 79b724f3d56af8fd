"""How long a whole training takes, from the start of the process to its end.

    python -m benchmarks.whole_run [DATA] [--rounds 5] [--epochs 5] [--json FILE]

`netspec run` on the work mnist_fc, which is specs/mnist_fc.net, against the same epochs as a script and with other
libraries: imports, reading, training, validation, judging, and for netspec the run folder with its report. DATA is the
folder with `MNIST/raw`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.speed.contenders import OURS, RIVALS, command, those_there
from benchmarks.speed.work import DATA, work_named

WORK = work_named("mnist_fc")


def seconds(contender: str, data: Path, epochs: int, seed: int) -> float:
    """From the start of the process to its end."""
    with TemporaryDirectory(prefix="netspec-whole-run-") as folder:
        line = command(contender, WORK, data, epochs, seed)
        if contender == OURS:
            params = [f"--set={name}={value}" for name, value in WORK.params(data, epochs, seed).items()]
            line = [sys.executable, "-m", "netspec", "run", str(WORK.spec), "--out", f"{folder}/run", *params]
            line += ["--device", "cpu"]
        environment = {**os.environ, "NETSPEC_DATA": str(data)}
        start = time.perf_counter()
        subprocess.run(line, check=True, stdout=subprocess.DEVNULL, env=environment)
        return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", default=DATA)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--against", nargs="+", choices=RIVALS, help="by default all that are there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was measured there")
    options = parser.parse_args()
    data = options.data.resolve()
    WORK.data.ensure(data)
    found: dict[str, list[float]] = {name: [] for name in (OURS, *(options.against or those_there(WORK)))}
    for seed in range(options.rounds):
        for name, times in found.items():
            times.append(seconds(name, data, options.epochs, seed))
            print(f"round {seed + 1}  {name:<12} {times[-1]:8.2f} s", file=sys.stderr, flush=True)
    print(f"{'':<12}{'whole run':>12}{'of ours':>10}")
    for name, times in found.items():
        ratio = median(theirs / ours for theirs, ours in zip(times, found[OURS], strict=True))
        print(f"{name:<12}{median(times):>10.2f} s{ratio:>9.2f}x")
    if options.json:
        options.json.write_text(json.dumps({"epochs": options.epochs, "seconds": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
