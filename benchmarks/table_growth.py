"""How the time and the memory of `netspec check` grow with a CSV file: N rows of ten columns, and a tenth of them.

    python -m benchmarks.table_growth [--rows 1000000] [--repeats 3] [--quoted]

The first check has an empty cache folder, the second has what the first one kept. Times are medians of the whole
command; memory is the largest of the process, less that of a check without a table.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

COLUMNS = 9
"""The columns of numbers, beside the target."""
NO_TABLE = "data { source = synthetic(features=9, classes=2) }\nmodel { linear(2) }\n"
TABLE = 'data {{ source = csv("{name}", target="y") }}\nmodel {{ linear(2) }}\n'
READ = "import csv\nwith open({name!r}, newline='') as file:\n    for row in csv.reader(file):\n        pass\n"


def write(path: Path, rows: int, quoted: bool) -> None:
    """A table of random numbers and two classes."""
    chosen = random.Random(0)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC if quoted else csv.QUOTE_MINIMAL)
        writer.writerow([*(f"c{index}" for index in range(COLUMNS)), "y"])
        for row in range(rows):
            writer.writerow([*(round(chosen.gauss(0, 1), 4) for _ in range(COLUMNS)), "ab"[row % 2]])


def run(*command: str, cache: Path) -> tuple[float, float]:
    """The seconds that a command takes, and the most memory of it in MiB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "NETSPEC_CACHE": str(cache)})
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def measure(folder: Path, rows: int, repeats: int) -> list[tuple[float, float]]:
    """Start-up, Python's csv, the first check and the second: the median seconds and the most MiB of each."""
    (folder / "none.net").write_text(NO_TABLE)
    (folder / "table.net").write_text(TABLE.format(name=f"{rows}.csv"))
    found: list[list[tuple[float, float]]] = [[], [], [], []]
    for repeat in range(repeats):
        check = (sys.executable, "-m", "netspec", "check")
        cache = folder / f"cache{rows}-{repeat}"
        for times, command in zip(
            found,
            (
                (*check, str(folder / "none.net")),
                (sys.executable, "-c", READ.format(name=str(folder / f"{rows}.csv"))),
                (*check, str(folder / "table.net")),
                (*check, str(folder / "table.net")),
            ),
            strict=True,
        ):
            times.append(run(*command, cache=cache))
    return [(median(seconds for seconds, _ in times), max(memory for _, memory in times)) for times in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quoted", action="store_true", help="texts in quotes")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        print("     rows   start-up  Python's csv  first check  second check  memory  of float32")
        for rows in (arguments.rows // 10, arguments.rows):
            write(Path(name) / f"{rows}.csv", rows, arguments.quoted)
            start, read, first, second = measure(Path(name), rows, arguments.repeats)
            memory, numbers = first[1] - start[1], rows * (COLUMNS + 1) * 4 / 2**20
            print(
                f"{rows:>9}  {start[0]:>7.2f} s  {read[0]:>10.2f} s  {first[0]:>9.2f} s  {second[0]:>10.2f} s"
                f"  {memory:>3.0f} MiB  {memory / numbers:>8.2f}x"
            )


if __name__ == "__main__":
    main()
