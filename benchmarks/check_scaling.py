"""How the time of `netspec check` grows with the network: specs of 1 000 and of 10 000 layers, in four ways of writing,
and of as many mistakes.

    python -m benchmarks.check_scaling [--repeats 5]

Every figure is the median time of the whole command, less that of the same spec with a single layer.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

HEAD = "data { source = synthetic(features=8, classes=8) }\n"


def lines(count: int) -> str:
    """A line for each two layers."""
    return f"{HEAD}model {{\n" + "".join(f"  fc{i}: linear(8) -> tanh\n" for i in range(count // 2)) + "}\n"


def pipe(count: int) -> str:
    """A single pipe."""
    return f"{HEAD}model {{\n  {' -> '.join(['linear(8) -> tanh'] * (count // 2))}\n}}\n"


def named(count: int) -> str:
    """Named values that are added to those before."""
    steps = "".join(f"  x{i + 1} = x{i} + (x{i} -> linear(8))\n" for i in range(count // 2))
    return f"{HEAD}model {{\n  x0 = input\n{steps}  x{count // 2}\n}}\n"


def blocks(count: int) -> str:
    """A block that is called in a loop."""
    block = "block two(width) {\n  linear(width) -> tanh\n}\n"
    return f"{HEAD}{block}model {{\n  repeat {count // 2} {{ two(8) }}\n}}\n"


def unused(count: int) -> str:
    """Blocks that nothing calls."""
    return HEAD + "".join(f"block b{i} {{ relu }}\n" for i in range(count)) + "model { linear(8) }\n"


def unknown(count: int) -> str:
    """Params of names that nothing has."""
    return HEAD + "".join(f"param p{i} = q{i} + 1\n" for i in range(count)) + "model { linear(8) }\n"


def wrong(count: int) -> str:
    """A loop whose turns all have the same mistake."""
    return f"{HEAD}model {{ repeat {count} {{ unknown }} }}\n"


def seconds(text: str, folder: Path) -> float:
    """How long the command takes for a spec."""
    path = folder / "spec.net"
    path.write_text(text, encoding="utf-8")
    start = time.perf_counter()
    line = [sys.executable, "-m", "netspec", "check", path]
    ended = subprocess.run(line, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert ended.returncode in (0, 1)  # good, or with mistakes
    return time.perf_counter() - start


def measure(write: Callable[[int], str], repeats: int, folder: Path) -> tuple[float, float]:
    """The medians for 1 000 and for 10 000 layers, without the start; the three take turns."""
    times = [[seconds(write(count), folder) for count in (2, 1_000, 10_000)] for _ in range(repeats)]
    start, small, large = (median(column) for column in zip(*times, strict=True))
    return small - start, large - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5, help="how often each spec is checked")
    repeats = parser.parse_args().repeats
    print(f"{'written as':<12}{'1 000 layers':>14}{'10 000 layers':>15}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for write in (lines, pipe, named, blocks, unused, unknown, wrong):
            small, large = measure(write, repeats, Path(folder))
            print(f"{write.__name__:<12}{small:>12.3f} s{large:>13.3f} s{large / small:>8.1f}")


if __name__ == "__main__":
    main()
