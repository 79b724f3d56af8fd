"""How long one waits for the verbs of netspec, each a process of its own on specs/mnist_fc.net.

    python -m benchmarks.start_up [DATA] [--rounds 10] [--json FILE]

Beside them stand what Python itself takes, and what importing torch takes. DATA is the folder with `MNIST/raw`; without
it the verbs look at the digits that come with netspec, and may try to fetch the others.
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

SPEC = "specs/mnist_fc.net"
COMMANDS = {
    "python": ["-c", "pass"],
    "import torch": ["-c", "import torch"],
    **{
        f"netspec {verb}": ["-m", "netspec", *verb.split(), *files]
        for verb, files in {
            "--help": [],
            "explain NS302": [],
            "fmt --check": [SPEC],
            "check": [SPEC],
            "plan": [SPEC],
            "run --smoke": [SPEC],
        }.items()
    },
}


def seconds(arguments: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=environment)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", default=Path("data"))
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was measured there")
    options = parser.parse_args()
    environment = {**os.environ, "NETSPEC_DATA": str(options.data.resolve())}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has its bytecode
    found: dict[str, list[float]] = {name: [] for name in COMMANDS}
    # a first round fills the caches of the file system and those of Python
    for counted in (False, *[True] * options.rounds):
        for name, arguments in COMMANDS.items():
            taken = seconds(arguments, environment)
            if counted:
                found[name].append(taken)
    print(f"{'':<24}{'median':>10}{'fastest':>10}{'slowest':>10}")
    for name, times in found.items():
        print(f"{name:<24}{median(times):>8.3f} s{min(times):>8.3f} s{max(times):>8.3f} s")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
